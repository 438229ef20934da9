#pragma once

#include <string>
#include <vector>

#include <pellucid/explanation.hpp>

namespace pellucid::explain {

/// The scores of an explanation, one for every place: the patches of a picture, the tokens of a text that are not
/// special, else the elements of the scores. Channels, widths and the pixels of a patch are summed.
class PlaceScores {
 public:
  /// Which tokens are content, where the input is token ids: [batch][tokens].
  using Content = std::vector<std::vector<bool>>;

  /// `content`: of token ids; of a text it is known. The explanation must outlive it.
  explicit PlaceScores(const Explanation& explanation, Content content = {});
  explicit PlaceScores(const Explanation&& explanation, Content content = {}) = delete;

  /// Why there is no score per place, as with whole attention maps; "" where there is.
  [[nodiscard]] const std::string& why_not() const noexcept { return why_not_; }
  /// "patch", "token", "element".
  [[nodiscard]] const std::string& place() const noexcept { return place_; }
  [[nodiscard]] std::vector<double> of(std::int64_t target, std::int64_t sample) const;

 private:
  void read_text(const Shape& shape);
  void read_picture(const Shape& shape);
  [[nodiscard]] std::vector<double> patch_sums(const double* pixels) const;

  const Explanation& explanation_;
  Content content_;
  std::string why_not_, place_;
  std::vector<double> values_;  // [targets, batch, kept_]
  std::int64_t samples_ = 0, kept_ = 0;
  bool pixels_ = false;  // kept_ counts pixels, which patches sum
};

}  // namespace pellucid::explain
