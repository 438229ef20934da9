#include "apps/pellucid/text_table_run.hpp"

#include <algorithm>
#include <map>
#include <memory>

#include <fmt/format.h>

#include "apps/pellucid/interrupts.hpp"
#include "apps/pellucid/text_file.hpp"
#include "base/atomic_file.hpp"
#include "base/check.hpp"
#include "explain/sample_of.hpp"
#include "render/text_table.hpp"

namespace pellucid::cli {
namespace {

/// Texts that are read before those of one length are explained together.
constexpr std::size_t kReadAhead = 512;

struct Entry {
  FileText text;
  TokenizedText tokens;
};

/// Where the rows go, each in its own form.
class Sinks {
 public:
  Sinks(const std::vector<Output>& outputs, bool json_lines, const Console& console) : console_(console) {
    for (const Output& output : outputs)
      add(output.kind == "tsv" ? TextTable::Format::kTsv : TextTable::Format::kJsonLines, output.path.string());
    if (outputs.empty()) add(json_lines ? TextTable::Format::kJsonLines : TextTable::Format::kTsv, "");
  }

  void write(const Explanation& explanation, std::int64_t number) {
    begin();
    for (Sink& sink : sinks_) write_rows(sink, sink.table.rows(explanation, number));
  }

  void commit() {
    begin();
    for (Sink& sink : sinks_) {
      if (!sink.file) continue;
      sink.file->commit();
      console_.message("wrote " + sink.path);
    }
  }

 private:
  struct Sink {
    TextTable table;
    std::string path;
    std::unique_ptr<AtomicFile> file;
  };

  /// The line above all rows, once there is no doubt that rows can be made.
  void begin() {
    if (begun_) return;
    begun_ = true;
    for (Sink& sink : sinks_) write_rows(sink, sink.table.header());
  }

  void add(TextTable::Format format, const std::string& path) {
    sinks_.push_back({TextTable(format), path, path.empty() ? nullptr : std::make_unique<AtomicFile>(path)});
  }

  void write_rows(Sink& sink, const std::string& rows) {
    if (sink.file)
      sink.file->write(rows);
    else
      console_.print(rows);
  }

  const Console& console_;
  std::vector<Sink> sinks_;
  bool begun_ = false;
};

/// Reads, explains and writes the texts of one file, a few hundred at a time.
class TableRun {
 public:
  TableRun(OpenedModel& opened, const InputOptions& input, const RequestOptions& request, Sinks& sinks,
           const Console& console)
      : opened_(opened), input_(input), request_(request), sinks_(sinks), console_(console), file_(input.text) {
    // A tokenizer that can't be opened is no line's fault.
    static_cast<void>(opened.model().tokenize({"", {}}));
  }

  int run() {
    const double begin = now_seconds();
    while (read_ahead()) {
      explain_read();
      write_explained();
      const double seconds = now_seconds() - begin;
      opened_.progress().show({fmt::format("{} texts, {:.0f} a second", done_, double(done_) / std::max(seconds, 1e-3)),
                               done_, done_ + static_cast<std::int64_t>(entries_.size())});
    }
    opened_.progress().clear();
    report(now_seconds() - begin);
    return bad_ == 0 ? 0 : static_cast<int>(ErrorCode::kBadInput);
  }

 private:
  bool read_ahead() {
    entries_.clear();
    explained_.clear();
    while (entries_.size() < kReadAhead) {
      try {
        const std::optional<FileText> next = file_.next();
        if (!next) break;
        add(*next);
      } catch (const Error& error) {
        if (error.code() != ErrorCode::kBadInput) throw;
        count_bad(error.what());
      }
    }
    return !entries_.empty();
  }

  void add(const FileText& text) {
    try {
      entries_.push_back({text, opened_.model().tokenize(text.input, input_.text.text_options()).front()});
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kBadInput) throw;
      throw Error(error.code(), fmt::format("'{}', line {}: {}", input_.text.file, text.line, error.what()));
    }
  }

  void count_bad(const std::string& why) {
    ++bad_;
    opened_.progress().clear();
    console_.message("left out " + one_line(why));
  }

  /// Texts of similar length share a batch, so that little is spent on padding. Tags are targets of one text.
  void explain_read() {
    std::map<std::size_t, std::vector<std::size_t>> by_length;
    constexpr std::size_t kStep = 8;
    const bool alone = opened_.model().task() == "token-classification" && request_.targets.empty();
    for (std::size_t i = 0; i < entries_.size(); ++i)
      by_length[alone ? i : entries_[i].tokens.tokens.size() / kStep].push_back(i);
    explained_.resize(entries_.size());
    for (const auto& [length, members] : by_length) explain_together(members);
  }

  void explain_together(const std::vector<std::size_t>& members) {
    stop_if_interrupted();
    try {
      ModelInputs inputs;
      for (const std::size_t i : members) inputs.texts.push_back(entries_[i].tokens);
      inputs.tensors = opened_.model().tensors_of(inputs.texts);
      const auto whole = std::make_shared<Explanation>(opened_.explain(request_.request(inputs), inputs));
      for (std::size_t at = 0; at < members.size(); ++at) explained_[members[at]] = {whole, at};
    } catch (const Error& error) {
      const bool own_fault = error.code() == ErrorCode::kBadInput || error.code() == ErrorCode::kUsage;
      if (!own_fault || (members.size() == 1 && done_ == 0 && bad_ == 0 && entries_.size() == 1)) throw;
      if (members.size() == 1)
        return count_bad(
            fmt::format("'{}', line {}: {}", input_.text.file, entries_[members.front()].text.line, error.what()));
      for (const std::size_t one : members) explain_together({one});
    }
  }

  void write_explained() {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (explained_[i].whole == nullptr) continue;
      const Explanation one = explain::sample_of(*explained_[i].whole, static_cast<std::int64_t>(explained_[i].at));
      sinks_.write(one, entries_[i].text.line);
      judge(one, entries_[i].text);
      ++done_;
    }
  }

  void judge(const Explanation& one, const FileText& text) {
    if (!text.label) return;
    if (one.logits.shape().size() != 2) return;
    const std::vector<double> logits = one.logits.to_doubles();
    const auto at = static_cast<std::size_t>(std::max_element(logits.begin(), logits.end()) - logits.begin());
    const bool named = at < one.class_labels.size() && one.class_labels[at] == *text.label;
    ++judged_;
    if (named || std::to_string(at) == *text.label) ++right_;
  }

  void report(double seconds) const {
    console_.message(fmt::format("{} texts explained in {:.1f} s", done_, seconds));
    if (judged_ > 0)
      console_.message(fmt::format("accuracy {:.2f} % ({} of {} as labelled)",
                                   100.0 * static_cast<double>(right_) / static_cast<double>(judged_), right_,
                                   judged_));
    if (bad_ > 0) console_.message(fmt::format("{} line{} left out", bad_, bad_ == 1 ? " was" : "s were"));
  }

  struct Explained {
    std::shared_ptr<const Explanation> whole;
    std::size_t at = 0;
  };

  OpenedModel& opened_;
  const InputOptions& input_;
  const RequestOptions& request_;
  Sinks& sinks_;
  const Console& console_;
  TextFile file_;
  std::vector<Entry> entries_;
  std::vector<Explained> explained_;
  std::int64_t done_ = 0, bad_ = 0, judged_ = 0, right_ = 0;
};

}  // namespace

int explain_text_file(OpenedModel& opened, const InputOptions& input, const RequestOptions& request,
                      const std::vector<Output>& outputs, const GlobalOptions& global) {
  const Console console(global.quiet);
  Sinks sinks(outputs, global.json, console);
  const int status = TableRun(opened, input, request, sinks, console).run();
  sinks.commit();
  return status;
}

}  // namespace pellucid::cli
