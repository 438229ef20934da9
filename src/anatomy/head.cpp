#include "anatomy/head.hpp"

#include <fmt/format.h>

#include "anatomy/plumbing.hpp"

namespace pellucid::anatomy {

using graph::kNone;
using graph::Node;
using graph::ValueId;

ValueId find_feature(const Dataflow& flow, std::vector<std::string>& evidence) {
  ValueId at = flow.logits();
  while (at != kNone) {
    const Node* node = flow.graph().producer(at);
    if (node == nullptr) break;
    const ValueId input = projected(flow, *node);
    if (input != kNone) {
      const graph::Dims& dims = flow.graph().dims(input);
      if (dims.size() != 2 || dims[1].per_batch) {
        evidence.push_back(
            fmt::format("the input of the last linear layer is {}, not [batch, width]", graph::to_string(dims)));
        return kNone;
      }
      evidence.push_back(fmt::format("the last linear layer is {}", describe(*node)));
      return input;
    }
    const std::vector<ValueId> from = flow.sources(*node);
    if (from.size() != 1) break;
    at = from[0];
  }
  evidence.push_back("no single linear layer makes the logits");
  return kNone;
}

}  // namespace pellucid::anatomy
