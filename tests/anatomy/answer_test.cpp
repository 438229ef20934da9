#include <gtest/gtest.h>

#include "anatomy/answer.hpp"
#include "anatomy/word_table.hpp"
#include "graph/builder.hpp"

namespace pellucid::anatomy {
namespace {

using graph::kNone;
using graph::ValueId;

constexpr std::int64_t kTokens = 4, kWords = 50;

/// ids -> a table of `rows` words -> scores of `classes`, with a mask where asked for.
struct Scorer {
  graph::Graph graph;
  graph::Builder build{graph};

  ValueId look_up(const std::string& ids, std::int64_t rows) {
    const ValueId table = graph.add_constant(Tensor(ElementType::kFloat32, {rows, 8}));
    return build.gather(table, graph.add_input(ids, ElementType::kInt64, {{1, true}, {kTokens, false}}), 0);
  }
  ValueId add_mask() { return graph.add_input("attention_mask", ElementType::kInt64, {{1, true}, {kTokens, false}}); }
  void score(ValueId words, std::int64_t classes) {
    graph.outputs = {build.matmul(words, graph.add_constant(Tensor(ElementType::kFloat32, {8, classes})))};
  }
};

TEST(WordTable, IsTheLargestOrTheOneOfInputIds) {
  Scorer s;
  EXPECT_EQ(find_word_table(s.graph).output, kNone);
  const ValueId types = s.look_up("token_type_ids", 2);
  EXPECT_EQ(find_word_table(s.graph).output, types);
  const ValueId words = s.look_up("words", kWords);
  EXPECT_EQ(find_word_table(s.graph).output, words) << "the largest table";
  EXPECT_EQ(find_word_table(s.graph).rows, kWords);
  const ValueId named = s.look_up("input_ids", 30);
  EXPECT_EQ(find_word_table(s.graph).output, named);
}

TEST(Answer, IsTheLastValidPositionOfALanguageModel) {
  Scorer s;
  const ValueId mask = s.add_mask();
  s.score(s.look_up("input_ids", kWords), kWords);
  const Answer answer = append_answer(s.graph, AnswerPosition::kFind);
  ASSERT_NE(answer.row, kNone);
  EXPECT_EQ(answer.mask, mask);
  EXPECT_EQ(graph::to_string(s.graph.dims(answer.row)), "[batch, 50]");
  EXPECT_EQ(s.graph.producer(answer.row)->op, "GatherND");
}

TEST(Answer, IsTheLastPositionWithoutAMask) {
  Scorer s;
  s.score(s.look_up("input_ids", kWords), kWords);
  const Answer answer = append_answer(s.graph, AnswerPosition::kFind);
  EXPECT_EQ(answer.mask, kNone);
  EXPECT_EQ(answer.position, kTokens - 1);
  EXPECT_EQ(graph::to_string(s.graph.dims(answer.row)), "[batch, 50]");
}

TEST(Answer, IsTheFirstPositionOfADecoder) {
  Scorer s;
  s.add_mask();
  s.graph.add_input("decoder_input_ids", ElementType::kInt64, {{1, true}, {kTokens, false}});
  s.score(s.look_up("input_ids", kWords), kWords);
  const Answer answer = append_answer(s.graph, AnswerPosition::kFind);
  EXPECT_EQ(answer.mask, kNone);
  EXPECT_EQ(answer.position, 0);
}

TEST(Answer, IsNoneWhereTokensHaveClasses) {
  Scorer s;
  s.score(s.look_up("input_ids", kWords), 5);
  EXPECT_EQ(append_answer(s.graph, AnswerPosition::kFind).row, kNone);
  EXPECT_NE(append_answer(s.graph, AnswerPosition::kLast).row, kNone) << "said to be a language model";
  EXPECT_EQ(append_answer(s.graph, AnswerPosition::kEach).row, kNone);
}

}  // namespace
}  // namespace pellucid::anatomy
