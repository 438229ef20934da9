#include "explain/references.hpp"

#include <gtest/gtest.h>

#include "support/expect_error.hpp"
#include "support/scratch_folder.hpp"

namespace pellucid::explain {
namespace {

using tests::expect_error;
using tests::ScratchFolder;

TextInput text(const std::string& words) { return {words, std::nullopt}; }

std::vector<std::string> texts_of(const std::vector<Reference>& references) {
  std::vector<std::string> texts;
  for (const Reference& reference : references) texts.push_back(reference.input.text);
  return texts;
}

TEST(ReferenceSearch, TakesTextsOfTheOtherClassThatAreRight) {
  ReferenceSearch search;
  search.add(text("right, of class 1"), 2, 10, 1, {0.2, 0.8});
  search.add(text("wrong"), 3, 10, 1, {0.7, 0.3});
  search.add(text("short"), 4, 9, 1, {0.1, 0.9});
  search.add(text("surer, of class 1"), 5, 12, 1, {0.1, 0.9});
  search.add(text("right, of class 0"), 6, 12, 0, {0.6, 0.4});
  const References found = search.result();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(texts_of(found.at(0)), (std::vector<std::string>{"surer, of class 1", "right, of class 1"}));
  EXPECT_EQ(texts_of(found.at(1)), (std::vector<std::string>{"right, of class 0"}));
  EXPECT_EQ(found.at(0)[1].confidence, 0.2);
  EXPECT_EQ(found.at(0)[1].line, 2);
}

TEST(ReferenceSearch, EndsWhereOneListHasPassedFifty) {
  ReferenceSearch search;
  for (int i = 0; i < 50; ++i) search.add(text("one"), i, 10, 1, {0.2, 0.8});
  EXPECT_FALSE(search.full());
  search.add(text("one"), 50, 10, 1, {0.2, 0.8});
  EXPECT_TRUE(search.full());
  search.add(text("late"), 51, 10, 0, {0.8, 0.2});
  EXPECT_EQ(search.result().count(1), 0U);
}

TEST(References, AreReadAsTheyAreWritten) {
  const ScratchFolder folder;
  const References made{{0, {{{"a \"film\"", "a pair"}, 0.25, 3}}}, {1, {{{"é", std::nullopt}, 0.5, 7}}}};
  const References read = read_references(folder.write("r.json", references_json(made, "a note")));
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read.at(0).at(0).input.text, "a \"film\"");
  EXPECT_EQ(read.at(0).at(0).input.pair, "a pair");
  EXPECT_EQ(read.at(1).at(0).input.text, "é");
  EXPECT_FALSE(read.at(1).at(0).input.pair);
}

TEST(References, RefuseOtherFiles) {
  const ScratchFolder folder;
  const auto refused = [&folder](const std::string& content, const std::string& part) {
    expect_error(ErrorCode::kBadInput, part, [&] { (void)read_references(folder.write("r.json", content)); });
  };
  refused("{}", "it has no \"references\"");
  refused(R"({"references": []})", "it has no \"references\"");
  refused(R"({"references": {"positive": []}})", "'positive' is not a class's number");
  refused(R"({"references": {"0": "a film"}})", "class 0 are no list");
  refused(R"({"references": {"0": ["a film"]}})", "\"text\"");
  refused("[1", "not valid JSON");
}

}  // namespace
}  // namespace pellucid::explain
