#pragma once

#include "inputs/image.hpp"

namespace pellucid {

/// The picture a model saw, as it saw it: resized and cropped, before normalisation.
using Picture = Image;

}  // namespace pellucid
