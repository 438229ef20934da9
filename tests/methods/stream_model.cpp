#include "stream_model.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.hpp"
#include "methods/settle.hpp"
#include "propagate/rule_sets.hpp"
#include "support/reference_executor.hpp"

namespace pellucid::tests {
namespace {

using graph::Dims;
using graph::ValueId;

TensorD random(const Shape& shape, std::uint64_t stream, double least) {
  const CounterRandom numbers(7, stream);
  TensorD result = filled(shape, 0);
  for (std::size_t i = 0; i < result.data.size(); ++i) result.data[i] = least + (1 - least) * numbers.uniform(i);
  return result;
}

std::int64_t last_block() { return kBlocks - 1; }

}  // namespace

StreamModel::StreamModel(const StreamModelSpec& spec) {
  const Dims tokens{{1, true}, {kTokens, false}, {kWidth, false}};
  image = add("image", {{1, true}, {2, false}, {2, false}, {3, false}}, -1);
  for (std::int64_t l = 0; l <= kBlocks; ++l) {
    const ValueId hidden = add("h" + std::to_string(l), tokens, -1);
    if (l > 0) stream.blocks.back().output = hidden;
    if (l == kBlocks) continue;
    anatomy::Block block;
    block.input = hidden;
    block.attention_input = add("normed" + std::to_string(l), tokens, -1);
    block.site = add_site("a" + std::to_string(l), kTokens, kTokens, spec.heads_folded);
    stream.blocks.push_back(block);
  }
  stream.input = "image";
  stream.tokens = stream.blocks[0].input;
  stream.last = stream.blocks.back().output;
  stream.token_count = kTokens;
  stream.width = kWidth;
  stream.layout.tokens = kTokens;
  stream.layout.special = {0};
  stream.layout.rows = 1;
  stream.layout.columns = kTokens - 1;
  stream.read_out.kind = spec.pool ? anatomy::ReadOutKind::kAttentionPool : anatomy::ReadOutKind::kClassToken;
  stream.read_out.weights = spec.pool ? std::vector<double>{} : spec.weights;
  if (spec.mask) {
    mask = add("mask", {{1, true}, {kTokens, false}}, 0);
    stream.read_out.kind = anatomy::ReadOutKind::kMean;
    stream.read_out.weights.clear();
    stream.read_out.mask.value = mask;
  }
  if (spec.decoder) add_decoder(spec);
  if (spec.by_token) add_seed(spec.decoder ? kPositions : kTokens);
  if (spec.pool) stream.read_out.pool = add_site("p", 1, kTokens, spec.heads_folded);
}

ValueId StreamModel::add(const std::string& name, const Dims& dims, double least) {
  const ValueId id = graph.add_input(name, ElementType::kFloat64, dims);
  values_[id] = random(graph::shape_at(dims, kBatch), static_cast<std::uint64_t>(2 * id), least);
  const Shape lifted = graph::shape_at(graph::with_leading(kTargets, dims), kBatch);
  TensorD cotangent = random(lifted, static_cast<std::uint64_t>(2 * id + 1), -1);
  const std::size_t one = cotangent.data.size() / kTargets;
  for (std::size_t i = 0; i < one; ++i) cotangent.data[2 * one + i] = cotangent.data[i] - cotangent.data[one + i];
  cotangents_[id] = std::move(cotangent);
  return id;
}

/// Self and cross attention by turns.
void StreamModel::add_decoder(const StreamModelSpec& spec) {
  anatomy::Decoder decoder;
  decoder.tokens = add("d", {{1, true}, {kPositions, false}, {kWidth, false}}, -1);
  decoder.last = decoder.tokens;
  decoder.token_count = kPositions;
  for (const std::string l : {"0", "1"}) {
    decoder.sites.push_back(add_site("self" + l, kPositions, kPositions, spec.heads_folded));
    decoder.sites.push_back(add_site("cross" + l, kPositions, kTokens, spec.heads_folded));
    decoder.sites.back().self = false;
  }
  decoder.read_out.kind = anatomy::ReadOutKind::kClassToken;
  decoder.read_out.weights = {0, 0, 1, 0};
  stream.read_out = {};
  stream.decoder = decoder;
}

/// Target 0 is an element of position 1, target 1 of position 3, target 2 their difference.
void StreamModel::add_seed(std::int64_t positions) {
  const Dims dims = graph::with_leading(kTargets, {{1, true}, {positions, false}, {2, false}});
  seed = graph.add_input("seed", ElementType::kFloat64, dims);
  TensorD elements = filled(graph::shape_at(dims, kBatch), 0);
  for (std::int64_t b = 0; b < kBatch; ++b) {
    element(elements, {0, b, 1, 0}) = element(elements, {2, b, 1, 0}) = 1;
    element(elements, {1, b, 3, 1}) = 1;
    element(elements, {2, b, 3, 1}) = -1;
  }
  values_[seed] = elements;
}

double StreamModel::w(std::int64_t k, std::int64_t b, std::int64_t i) const {
  const double both = 0.5 * static_cast<double>((i == 1 ? 1 : 0) + (i == 3 ? 1 : 0));
  if (seed != graph::kNone) return k == 2 ? both : static_cast<double>(i == (k == 0 ? 1 : 3) ? 1 : 0);
  if (mask == graph::kNone) return stream.decoder ? stream.decoder->read_out.weights.at(std::size_t(i)) : w(i);
  double sum = 0;
  for (std::int64_t j = 0; j < kTokens; ++j) sum += element(values_.at(mask), {b, j});
  return element(values_.at(mask), {b, i}) / sum;
}

anatomy::AttentionSite StreamModel::add_site(const std::string& name, std::int64_t queries, std::int64_t keys,
                                             bool folded) {
  anatomy::AttentionSite site;
  site.heads = kHeads;
  site.queries = queries;
  site.keys = keys;
  site.heads_folded = folded;
  const Dims apart{{1, true}, {kHeads, false}, {queries, false}, {keys, false}};
  const Dims together{{kHeads, true}, {queries, false}, {keys, false}};
  site.probabilities = add(name, folded ? together : apart, 0);
  return site;
}

double StreamModel::a(std::int64_t l, std::int64_t b, std::int64_t h, std::int64_t i, std::int64_t j) const {
  const TensorD& all = values_.at(stream.blocks.at(static_cast<std::size_t>(l)).site.probabilities);
  return all.data.at(static_cast<std::size_t>(((b * kHeads + h) * kTokens + i) * kTokens + j));
}

double StreamModel::ga(std::int64_t l, std::int64_t k, std::int64_t b, std::int64_t h, std::int64_t i,
                       std::int64_t j) const {
  const TensorD& all = cotangents_.at(stream.blocks.at(static_cast<std::size_t>(l)).site.probabilities);
  return all.data.at(static_cast<std::size_t>((((k * kBatch + b) * kHeads + h) * kTokens + i) * kTokens + j));
}

double StreamModel::p(std::int64_t b, std::int64_t h, std::int64_t j) const {
  const TensorD& all = values_.at(stream.read_out.pool.probabilities);
  return all.data.at(static_cast<std::size_t>((b * kHeads + h) * kTokens + j));
}

double StreamModel::gp(std::int64_t k, std::int64_t b, std::int64_t h, std::int64_t j) const {
  const TensorD& all = cotangents_.at(stream.read_out.pool.probabilities);
  return all.data.at(static_cast<std::size_t>(((k * kBatch + b) * kHeads + h) * kTokens + j));
}

double StreamModel::h(std::int64_t l, std::int64_t b, std::int64_t i, std::int64_t d) const {
  const ValueId id = l == kBlocks ? stream.blocks.at(static_cast<std::size_t>(last_block())).output
                                  : stream.blocks.at(static_cast<std::size_t>(l)).input;
  return element(values_.at(id), {b, i, d});
}

double StreamModel::gh(std::int64_t l, std::int64_t k, std::int64_t b, std::int64_t i, std::int64_t d) const {
  const ValueId id = l == kBlocks ? stream.blocks.at(static_cast<std::size_t>(last_block())).output
                                  : stream.blocks.at(static_cast<std::size_t>(l)).input;
  return element(cotangents_.at(id), {k, b, i, d});
}

void StreamModel::replace_value(ValueId id, const std::vector<double>& elements) { values_.at(id).data = elements; }

void StreamModel::make_cotangent_negative(ValueId id) {
  for (double& value : cotangents_.at(id).data) value = -std::abs(value);
}

TensorD StreamModel::run(const methods::Method& method, const std::vector<std::string>& given) {
  methods::ResolvedOptions options = methods::resolve_options(method.name, method.options, method.authors, given);
  methods::settle(method, graph, stream, options, seed != graph::kNone);
  graph::Builder build(graph);
  methods::Context context(build, anatomy, stream, options, kTargets);
  context.set_by_token(seed != graph::kNone);
  if (seed != graph::kNone) context.set_target_rows({{.seed = seed, .batch_axis = 1, .token_axis = 2}});
  const std::vector<ValueId> wanted = method.wanted(context);
  std::map<ValueId, TensorD> inputs = values_;
  std::vector<propagate::Seed> seeds;
  for (const ValueId id : wanted) {
    const Dims dims = graph::with_leading(kTargets, graph.dims(id));
    seeds.push_back({id, graph.add_input("cotangent of " + graph.value(id).name, ElementType::kFloat64, dims)});
    inputs[seeds.back().cotangent] = cotangents_.at(id);
  }
  const propagate::RuleSet rules = propagate::make_rule_set("gradient");
  propagate::Walk walk(build, rules, kTargets);
  walk.run(seeds, wanted);
  context.set_walks(&walk, nullptr);
  const ValueId scores = method.read_out(context);
  return execute(graph, inputs, kBatch).at(scores);
}

void expect_same(const TensorD& got, const TensorD& want, double tolerance) {
  ASSERT_EQ(to_string(got.shape), to_string(want.shape));
  for (std::size_t i = 0; i < want.data.size(); ++i)
    ASSERT_NEAR(got.data[i], want.data[i], tolerance * (1 + std::abs(want.data[i]))) << "element " << i;
}

}  // namespace pellucid::tests
