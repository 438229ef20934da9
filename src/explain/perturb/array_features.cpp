#include <algorithm>

#include "base/check.hpp"
#include "base/safetensors.hpp"
#include "explain/image_baseline.hpp"
#include "explain/perturb/array_shape.hpp"
#include "explain/perturb/features.hpp"
#include "methods/perturbation/perturbation_options.hpp"
#include "methods/perturbation/slic.hpp"

namespace pellucid::explain {
namespace {

using Owners = std::vector<std::size_t>;  ///< the feature of every place

/// Cells of a grid, or patches: [height·width].
Owners cells(const Shape& places, std::int64_t rows, std::int64_t columns, double high, double wide) {
  Owners owners;
  for (std::int64_t y = 0; y < places[0]; ++y)
    for (std::int64_t x = 0; x < places[1]; ++x) {
      const auto row = std::min(static_cast<std::int64_t>(static_cast<double>(y) / high), rows - 1);
      const auto column = std::min(static_cast<std::int64_t>(static_cast<double>(x) / wide), columns - 1);
      owners.push_back(static_cast<std::size_t>(row * columns + column));
    }
  return owners;
}

/// A floating-point input: every feature owns some places, which its presence blends with the baseline.
class ArrayFeatures : public Features {
 public:
  explicit ArrayFeatures(const Explainer& explainer)
      : explainer_(explainer),
        options_(explainer.resolved().options),
        layout_(explainer.stream().layout),
        input_(explainer.prepared().graph.value(changed_input(explainer.prepared(), explainer.stream())).name),
        fed_(explainer.request().inputs.at(input_)),
        sample_(fed_.shape().begin() + 1, fed_.shape().end()),
        shape_(sample_),
        values_(fed_.to_doubles()) {
    each_ = shape_.channels * shape_.area;
    read_baseline();
    kind_ = options_.has("features") ? options_.word("features") : "elements";
    const std::int64_t kinds = kind_ == "superpixels" ? fed_.shape()[0] : 1;
    for (std::int64_t b = 0; b < kinds; ++b) add_owners(b);
  }

  [[nodiscard]] const methods::FeatureSpace& space(std::int64_t b) const override {
    return spaces_[std::min(static_cast<std::size_t>(b), spaces_.size() - 1)];
  }

  [[nodiscard]] TensorMap changed(std::int64_t b, std::span<const methods::Presence> rows) const override {
    TensorMap feeds = repeated_sample(explainer_, b, std::ssize(rows));
    const double* x = values_.data() + static_cast<std::size_t>(b) * each_;
    const double* instead = baseline_.data() + (baseline_.size() > each_ ? static_cast<std::size_t>(b) * each_ : 0);
    std::vector<double> mixed(rows.size() * each_);
    for (std::size_t r = 0; r < rows.size(); ++r)
      for (std::size_t c = 0; c < shape_.channels; ++c)
        for (std::size_t p = 0; p < shape_.area; ++p) {
          const double kept = double(rows[r][owner(b, p)]);
          const std::size_t e = shape_.element(c, p);
          mixed[r * each_ + e] = kept == 1 ? x[e] : kept * x[e] + (1 - kept) * instead[e];
        }
    Tensor& input = feeds.at(input_);
    input = Tensor(input.shape(), mixed).cast(input.type());
    return feeds;
  }

  [[nodiscard]] Shape shape() const override {
    return per_token() ? Shape{explainer_.stream().token_count} : shape_.places;
  }
  [[nodiscard]] bool per_token() const override { return kind_ == "tokens"; }

  /// Every place has its segment's score.
  void place(std::int64_t b, std::span<const double> scores, std::span<double> out) const override {
    if (!per_token()) {
      for (std::size_t p = 0; p < out.size(); ++p) out[p] = scores[owner(b, p)];
      return;
    }
    std::size_t next = 0;
    for (std::size_t token = 0; token < out.size() && next < scores.size(); ++token)
      if (std::count(layout_.special.begin(), layout_.special.end(), static_cast<std::int64_t>(token)) == 0)
        out[token] = scores[next++];
  }

 private:
  [[nodiscard]] std::size_t owner(std::int64_t b, std::size_t place) const {
    if (kind_ == "elements") return place;
    return owners_[std::min(static_cast<std::size_t>(b), owners_.size() - 1)][place];
  }

  void add_owners(std::int64_t b) {
    methods::FeatureSpace space{.count = static_cast<std::int64_t>(shape_.area), .extent = shape_.places};
    if (kind_ != "elements") {
      owners_.push_back(owners_of(b));
      const Owners& owners = owners_.back();
      space.count = static_cast<std::int64_t>(*std::max_element(owners.begin(), owners.end())) + 1;
      space.extent = {space.count};
    }
    spaces_.push_back(std::move(space));
  }

  [[nodiscard]] Owners owners_of(std::int64_t b) const {
    const auto height = static_cast<double>(shape_.places[0]), width = static_cast<double>(shape_.places[1]);
    if (kind_ == "tokens")
      return cells(shape_.places, layout_.rows, layout_.columns, layout_.patch_height, layout_.patch_width);
    if (kind_ == "grid") {
      const std::vector<std::int64_t> grid = methods::integers_of(options_, "grid");
      const bool fits = grid.size() == 2 && grid[0] >= 1 && grid[1] >= 1 && grid[0] <= shape_.places[0] &&
                        grid[1] <= shape_.places[1];
      PELLUCID_CHECK(fits, kUsage,
                     "option grid: two whole numbers, rows and columns of cells of at least a pixel, are "
                     "expected for pictures of {}",
                     to_string(shape_.places));
      return cells(shape_.places, grid[0], grid[1], height / double(grid[0]), width / double(grid[1]));
    }
    std::vector<double> planes(each_);
    for (std::size_t c = 0; c < shape_.channels; ++c)
      for (std::size_t p = 0; p < shape_.area; ++p)
        planes[c * shape_.area + p] = values_[static_cast<std::size_t>(b) * each_ + shape_.element(c, p)];
    return methods::slic(planes, shape_.places[0], shape_.places[1], options_.integer("segments"));
  }

  void read_baseline() {
    const std::string by = options_.word("baselines");
    if (by == "0") {
      baseline_.assign(each_, 0.0);
    } else if (by == "black") {
      baseline_ = explainer_.request().black.to_doubles();
    } else if (is_image_baseline(by)) {
      baseline_ = image_baseline(by, fed_).to_doubles();
    } else {
      const TensorMap tensors = read_safetensors(by);
      PELLUCID_CHECK(tensors.count("baselines") != 0, kBadInput, "{}: no tensor 'baselines' in it", by);
      baseline_ = tensors.at("baselines").to_doubles();
    }
    PELLUCID_CHECK(baseline_.size() == each_ || baseline_.size() == values_.size(), kBadInput,
                   "option baselines={}: it has {} elements, a sample of '{}' {}", by, baseline_.size(), input_, each_);
  }

  const Explainer& explainer_;
  const methods::ResolvedOptions& options_;
  const TokenLayout& layout_;
  std::string input_, kind_;
  const Tensor& fed_;
  Shape sample_;
  ArrayShape shape_;
  std::vector<double> values_, baseline_;
  std::size_t each_ = 0;
  std::vector<Owners> owners_;  ///< one for all samples, or one for each
  std::vector<methods::FeatureSpace> spaces_;
};

}  // namespace

std::unique_ptr<Features> array_features(const Explainer& explainer) {
  return std::make_unique<ArrayFeatures>(explainer);
}

}  // namespace pellucid::explain
