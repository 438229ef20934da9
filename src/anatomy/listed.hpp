#pragma once

#include <algorithm>
#include <string>

namespace pellucid::anatomy {

/// Whether a list of operators' names holds this one.
template <class List>
bool listed(const List& list, const std::string& op) {
  return std::find(list.begin(), list.end(), op) != list.end();
}

}  // namespace pellucid::anatomy
