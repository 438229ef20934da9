#include "explain/deletion_run.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "explain/probabilities.hpp"

namespace pellucid::explain {
namespace {

constexpr std::string_view kStream = "stream=";

/// The same inputs and targets for the method whose features are the places.
Request of_places(Request request) {
  request.method = "feature-ablation";
  request.rules.clear();
  request.options = {"features=tokens", std::string(kStream) + stream_of(request)};
  request.check_precision = request.measure_forward = false;
  request.before_run = nullptr;
  return request;
}

std::uint64_t largest_sample(const Request& request, std::int64_t batch) {
  std::uint64_t largest = 0;
  for (const auto& [name, tensor] : request.inputs)
    largest = std::max<std::uint64_t>(largest, tensor.bytes() / static_cast<std::uint64_t>(batch));
  return largest;
}

std::uint64_t all_bytes(const TensorMap& tensors) {
  std::uint64_t bytes = 0;
  for (const auto& [name, tensor] : tensors) bytes += tensor.bytes();
  return bytes;
}

}  // namespace

std::string stream_of(const Request& request) {
  for (const std::string& option : request.options)
    if (option.starts_with(kStream)) return option.substr(kStream.size());
  return "tokens";
}

DeletionRun::DeletionRun(Model::State& state, const Request& request)
    : request_(of_places(request)),
      explainer_(state, request_),
      features_(make_features(explainer_)),
      forward_(explainer_, compile_seconds_) {
  constexpr std::uint64_t kCopies = 4;  // presences, and the changed input in double and in single precision
  rows_ = forward_.rows(2 * all_bytes(request_.inputs), kCopies * largest_sample(request_, explainer_.batch()));
}

Answered DeletionRun::run(std::int64_t sample, const std::vector<methods::Presence>& inputs, std::size_t first,
                          std::size_t count) const {
  const auto from = inputs.begin() + static_cast<std::ptrdiff_t>(first);
  std::vector<methods::Presence> rows(from, from + static_cast<std::ptrdiff_t>(count));
  if (!explainer_.prepared().batch_free) rows.resize(static_cast<std::size_t>(rows_), rows.back());
  return forward_.answers(sample, features_->changed(sample, rows), std::ssize(rows));
}

std::vector<std::vector<double>> DeletionRun::answers(std::int64_t sample, const std::vector<methods::Presence>& inputs,
                                                      const std::vector<std::optional<std::int64_t>>& classes) {
  PELLUCID_ASSERT(std::ssize(classes) == targets());
  std::vector<std::vector<double>> made(classes.size());
  for (std::size_t first = 0; first < inputs.size(); first += static_cast<std::size_t>(rows_)) {
    const std::size_t count = std::min(static_cast<std::size_t>(rows_), inputs.size() - first);
    const Answered answered = run(sample, inputs, first, count);
    const std::vector<double> logits = answered.logits.to_doubles();
    const auto width = static_cast<std::size_t>(answered.logits.shape().back());
    for (std::size_t row = 0; row < count; ++row) {
      const std::vector<double> probabilities =
          probabilities_of(std::span(logits).subspan(row * width, width), explainer_.state().task != Task::kMultiLabel);
      for (std::size_t k = 0; k < classes.size(); ++k)
        made[k].push_back(classes[k] ? probabilities.at(static_cast<std::size_t>(*classes[k]))
                                     : answered.scores[k][row]);
    }
    const auto done = static_cast<std::int64_t>(first + count), all = std::ssize(inputs);
    explainer_.state().report("deletion curves", sample * all + done, explainer_.batch() * all);
  }
  return made;
}

}  // namespace pellucid::explain
