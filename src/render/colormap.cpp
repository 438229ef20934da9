#include "render/colormap.hpp"

#include <algorithm>

#include <fmt/ranges.h>

#include "base/check.hpp"
#include "render/oklab.hpp"

namespace pellucid {
namespace {

struct Definition {
  std::string name;
  bool diverging;
  std::vector<std::uint32_t> stops;  // 0xRRGGBB, evenly spaced
};

const std::vector<Definition>& definitions() {
  static const std::vector<Definition> kDefinitions = {
      {"grey", false, {0x000000, 0xFFFFFF}},
      {"inferno",
       false,
       {0x000004, 0x1B0C41, 0x4A0C6B, 0x781C6D, 0xA52C60, 0xCF4446, 0xED6925, 0xFB9B06, 0xF7D13D, 0xFCFFA4}},
      {"magma",
       false,
       {0x000004, 0x180F3D, 0x440F76, 0x721F81, 0x9E2F7F, 0xCD4071, 0xF1605D, 0xFD9668, 0xFECA8D, 0xFCFDBF}},
      {"orange-blue", true, {0x123FB0, 0x1F66E0, 0x4792F5, 0x82B9FA, 0xF2F2F0, 0xFFB873, 0xFD9438, 0xF27208, 0xD64F00}},
      {"red-blue", true, {0x053061, 0x2166AC, 0x4393C3, 0x92C5DE, 0xF7F7F7, 0xF4A582, 0xD6604D, 0xB2182B, 0x67001F}},
      {"turbo",
       false,
       {0x30123B, 0x4145AB, 0x4675ED, 0x39A2FC, 0x1BCFD4, 0x24ECA6, 0x61FC6C, 0xA4FC3B, 0xD1E834, 0xF3C63A, 0xFE9B2D,
        0xF36315, 0xD93806, 0xB11901, 0x7A0403}},
      {"viridis",
       false,
       {0x440154, 0x482878, 0x3E4989, 0x31688E, 0x26828E, 0x1F9E89, 0x35B779, 0x6ECE58, 0xB5DE2B, 0xFDE725}}};
  return kDefinitions;
}

}  // namespace

Colormap::Colormap(std::string_view name) {
  const auto& all = definitions();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Definition& d) { return d.name == name; });
  PELLUCID_CHECK(found != all.end(), kUsage, "there is no colour map '{}': choose one of {}", name,
                 fmt::join(colormap_names(), ", "));
  name_ = found->name;
  diverging_ = found->diverging;
  for (std::size_t i = 0; i < kSteps; ++i) {
    table_[i] = render::blend(found->stops, static_cast<double>(i) / static_cast<double>(kSteps - 1));
  }
}

Rgb Colormap::at(double place) const {
  return table_[static_cast<std::size_t>(std::clamp(place, 0.0, 1.0) * static_cast<double>(kSteps - 1) + 0.5)];
}

const std::vector<std::string>& colormap_names() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> names;
    for (const auto& definition : definitions()) names.push_back(definition.name);
    return names;
  }();
  return kNames;
}

Colormap default_colormap(bool signed_scores) { return Colormap(signed_scores ? "orange-blue" : "inferno"); }

}  // namespace pellucid
