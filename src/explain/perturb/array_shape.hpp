#pragma once

#include <algorithm>

#include <pellucid/tensor.hpp>

namespace pellucid::explain {

/// A sample of a floating-point input: an image as channels and places, anything else as places alone.
struct ArrayShape {
  Shape places;  ///< [height, width], or the sample's own
  std::size_t channels = 1, area = 1;
  bool image = false, channels_last = false;

  /// `sample`: the shape without the batch axis; with three axes it is an image.
  explicit ArrayShape(const Shape& sample) : places(sample), image(sample.size() == 3) {
    if (image) {
      channels_last = sample[2] <= 4 && sample[0] > 4;
      channels = static_cast<std::size_t>(channels_last ? sample[2] : sample[0]);
      places = channels_last ? Shape{sample[0], sample[1]} : Shape{sample[1], sample[2]};
    }
    area = static_cast<std::size_t>(element_count(places));
  }

  [[nodiscard]] std::size_t element(std::size_t channel, std::size_t place) const {
    return channels_last ? place * channels + channel : channel * area + place;
  }
};

}  // namespace pellucid::explain
