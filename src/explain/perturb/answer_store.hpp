#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace pellucid::explain {

/// The scores of one plan of changed inputs, so far: [K][done], the whole input's first.
using AnswerTable = std::vector<std::vector<double>>;

/// Answers of the model that are kept in a file, so that an interrupted explanation goes on where it ended.
class AnswerStore {
 public:
  /// Reads the file where there is one; no `file`: nothing is kept. `what`: everything that the answers depend on.
  /// Throws Error{kUsage} where the file belongs to another explanation.
  AnswerStore(std::filesystem::path file, std::string what);

  [[nodiscard]] AnswerTable& table(std::int64_t sample, std::int64_t plan);
  void save() const;
  [[nodiscard]] bool keeps() const { return !file_.empty(); }
  [[nodiscard]] const std::filesystem::path& file() const { return file_; }

 private:
  std::filesystem::path file_;
  std::string what_;
  std::map<std::string, AnswerTable> tables_;
};

}  // namespace pellucid::explain
