#include <pellucid/model.hpp>

#include <algorithm>
#include <charconv>
#include <thread>

#include "base/check.hpp"
#include "explain/model_state.hpp"
#include "explain/unread.hpp"
#include "graph/not_readable.hpp"
#include "graph/onnx/write.hpp"
#include "inputs/hints_file.hpp"

namespace pellucid {
namespace {

/// What the outputs say where config.json doesn't.
Task task_of_outputs(const std::vector<std::string>& outputs) {
  const auto has = [&outputs](const char* name) {
    return std::find(outputs.begin(), outputs.end(), name) != outputs.end();
  };
  if (has("start_logits") && has("end_logits")) return Task::kQuestionAnswering;
  if (has("logits")) return Task::kUnknown;
  return has("sentence_embedding") || has("last_hidden_state") ? Task::kSimilarity : Task::kUnknown;
}

bool has_tokenizer(const ModelFolder& folder) {
  return find_companion(folder, "tokenizer.json").has_value() || find_companion(folder, "vocab.txt").has_value();
}

anatomy::AnswerPosition answer_position(Task task) {
  switch (task) {
    case Task::kNextToken: return anatomy::AnswerPosition::kLast;
    case Task::kSequenceToSequence: return anatomy::AnswerPosition::kFirst;
    case Task::kTokenClassification:
    case Task::kQuestionAnswering:
    case Task::kFillMask: return anatomy::AnswerPosition::kEach;
    default: return anatomy::AnswerPosition::kFind;
  }
}

RunOptions with_kept_hints(const ModelFolder& folder, RunOptions wanted) {
  wanted.anatomy = with_file(folder, wanted.anatomy);
  return wanted;
}

}  // namespace

Model::State::State(ModelFolder opened, graph::ModelFile parsed, RunOptions wanted)
    : folder(std::move(opened)),
      task(find_task(wanted.task)),
      file(std::move(parsed)),
      options(with_kept_hints(folder, std::move(wanted))),
      cache(options, file) {
  if (task == Task::kUnknown) task = task_of(folder);
  if (task == Task::kUnknown) task = task_of_outputs(file.outputs());
}

Model::Model(std::unique_ptr<State> state) : state_(std::move(state)) {}
Model::~Model() = default;
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;

Model Model::open(const std::filesystem::path& path, const RunOptions& options) {
  ModelFolder folder = open_model_folder(path);
  graph::ModelFile file = graph::ModelFile::open(folder.model_file);
  auto state = std::make_unique<State>(std::move(folder), std::move(file), options);
  for (const graph::InputSpec& spec : state->file.inputs())
    state->inputs.push_back({spec.name, spec.type, spec.sizes, spec.symbols});
  return Model(std::move(state));
}

std::filesystem::path Model::file() const { return state_->folder.model_file; }
std::filesystem::path Model::preparation_file() const { return state_->folder.preprocessor_config.value_or(""); }
const std::vector<InputInfo>& Model::inputs() const { return state_->inputs; }
const std::vector<std::string>& Model::labels() const { return state_->folder.id2label; }
const std::string& Model::sha256() const { return state_->file.sha256(); }
std::string Model::task() const { return task_name(state_->task); }

const explain::Prepared& Model::State::prepare(const TensorMap& values, const std::string& stream) {
  explain::check_inputs(file.inputs(), values);
  const std::string open = explain::preparation_key(file.inputs(), values, stream, false);
  if (const auto at = prepared.find(open); at != prepared.end() && at->second.batch_free) return at->second;
  const std::string exact = explain::preparation_key(file.inputs(), values, stream, true);
  if (const auto at = prepared.find(exact); at != prepared.end()) return at->second;
  explain::Prepared made;
  try {
    made = explain::prepare(specialised(values, stream, open, exact), explain::batch_of(file.inputs(), values, stream),
                            answer_position(task), options.anatomy);
  } catch (const graph::NotReadable& error) {
    made = explain::prepare_unread(untouched_session(), file, values, stream, answer_position(task), options.anatomy,
                                   error.what());
  }
  return prepared.insert_or_assign(made.batch_free ? open : exact, std::move(made)).first->second;
}

/// From the disk where it was kept: for any batch, or for this one.
explain::Specialised Model::State::specialised(const TensorMap& values, const std::string& stream,
                                               const std::string& open, const std::string& exact) const {
  const std::string free = "model, any batch|" + open, fixed = "model, fixed batch|" + exact;
  if (auto kept = cache.find(free)) return {std::move(*kept), true};
  if (auto kept = cache.find(fixed)) return {std::move(*kept), false};
  explain::Specialised made = explain::specialise(file, values, stream);
  cache.keep(made.batch_free ? free : fixed, made.written);
  return made;
}

run::SessionOptions Model::State::session_options() const {
  run::SessionOptions made;
  made.threads = options.threads > 0 ? options.threads : static_cast<int>(std::thread::hardware_concurrency());
  made.device = options.device;
  made.memory_arena = options.memory == 0;
  return made;
}

std::unique_ptr<run::Session> Model::State::load(const graph::WrittenGraph& written, const std::string& what) const {
  run::SessionOptions plain = session_options();
  // What the runtime's rewrites win on a program, 1 or 2 % of a run, they cost many times over while loading.
  plain.optimisation = run::Optimisation::kNone;
  plain.origin = run::Origin::kCompiled;
  return std::make_unique<run::Session>(written.bytes, written.weights, plain, what);
}

LoadedProgram Model::State::load_program(const graph::WrittenGraph& written, const std::string& what) const {
  LoadedProgram loaded;
  loaded.program.graph = graph::read_graph(written);
  loaded.program.seeds = explain::seeds_of(loaded.program.graph);
  loaded.session = load(written, what);
  return loaded;
}

const run::Session& Model::State::untouched_session() {
  if (!untouched) untouched = std::make_unique<run::Session>(file.path().string(), session_options());
  return *untouched;
}

void Model::State::run_untouched(const TensorMap& values) {
  static_cast<void>(untouched_session().run(values, file.outputs()));
}

std::string Model::State::advice(const Request& request) {
  try {
    return explain::next_choice(prepare(request.inputs, "tokens"));
  } catch (const Error&) {
    return "";  // the model itself can't be prepared: no choice of method helps
  }
}

std::string Model::State::label_of(std::int64_t index) {
  if (task == Task::kNextToken || task == Task::kSequenceToSequence) return piece_of(index);
  const auto at = static_cast<std::size_t>(index);
  return at < folder.id2label.size() ? folder.id2label[at] : "class " + std::to_string(index);
}

const SpecialTokens& Model::State::special_tokens() {
  if (!special) special = read_special_tokens(folder);
  return *special;
}

std::string Model::State::piece_of(std::int64_t index) {
  const bool known = Tokenizer::available() && has_tokenizer(folder);
  return known ? tokenizer().piece_of(index) : "token " + std::to_string(index);
}

std::int64_t Model::State::token_of(const std::string& text) {
  std::int64_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error == std::errc() && end == text.data() + text.size() && index >= 0) return index;
  if (const auto piece = tokenizer().id_of(text)) return *piece;
  std::vector<std::int64_t> ids;
  for (const TextToken& token : tokenizer().encode(text).tokens)
    if (!token.special) ids.push_back(token.id);
  PELLUCID_CHECK(ids.size() == 1, kUsage, "'{}' is {} tokens of this model, not one: name one, or give its number",
                 text, ids.size());
  PELLUCID_CHECK(special_tokens().unknown != ids.front() && tokenizer().unknown_id() != ids.front(), kUsage,
                 "'{}' is unknown to the model's vocabulary: name a token of it, or give its number", text);
  return ids.front();
}

void Model::State::report(const std::string& what, std::int64_t done, std::int64_t total) const {
  if (options.progress) options.progress({what, done, total});
}

std::string version() { return PELLUCID_VERSION; }
std::string runtime_version() { return run::runtime_version(); }
void interrupt() noexcept { run::interrupt_all(); }

}  // namespace pellucid
