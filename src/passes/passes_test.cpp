// Runs every case of tests/passes/*.txt. A file is named after its pass; a case is a graph, a line of dashes and the
// graph that the pass makes of it; cases are separated by a line of "====". A line "# passes: a, b" in the input names
// other passes ("all": the pipeline), "# level: N" another level of optimisation. PHAROS_BLESS=1 rewrites the
// expectations.
//
// Every case is also run before and after by the reference interpreter, on random inputs.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

#include "ops/interpret.h"
#include "passes/differential.h"
#include "passes/pipeline.h"

namespace pharos {
namespace {

namespace fs = std::filesystem;

const fs::path folder = PHAROS_PASS_CASES;

struct Case { std::string before, after; };

std::string read(const fs::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<Case> cases_of(const fs::path& path) {
  std::vector<Case> out;
  std::istringstream lines(read(path));
  bool after = false;
  out.emplace_back();
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("====")) {
      out.emplace_back();
      after = false;
    } else if (line.starts_with("----")) {
      after = true;
    } else {
      (after ? out.back().after : out.back().before) += line + "\n";
    }
  }
  return out;
}

std::string option(const std::string& text, const std::string& key) {
  const std::string wanted = "# " + key + ": ";
  const size_t at = text.find(wanted);
  if (at == std::string::npos) return "";
  return text.substr(at + wanted.size(), text.find('\n', at) - at - wanted.size());
}

std::vector<std::string> words(const std::string& text) {
  std::vector<std::string> out;
  std::string word;
  for (const char c : text + ",") {
    if (c != ',') { if (c != ' ') word += c; continue; }
    if (!word.empty()) out.push_back(word);
    word.clear();
  }
  return out;
}

// Names that do not depend on how the graph came about: inputs and outputs keep theirs.
std::string normal_text(Graph g) {
  g.compact();
  const auto internal = [&](ValueId v) { return v && !g.value(v).is_input && !g.is_output(v); };
  std::vector<ValueId> order;
  for (const NodeId id : g.topological_order()) {
    for (const ValueId v : g[id].inputs) order.push_back(v);
    for (const ValueId v : g[id].outputs) order.push_back(v);
  }
  for (const std::string stem : {"t__", "v"}) {
    int count = 0;
    std::vector<bool> done(g.value_slots());
    for (const ValueId v : order) {
      if (!internal(v) || done[v.index]) continue;
      done[v.index] = true;
      g.rename(v, stem + std::to_string(count++));
    }
  }
  for (const NodeId id : g.nodes())
    for (const ValueId v : g[id].outputs)
      if (v) { g.node(id).name = g.value(v).name; break; }
  return print(g, {.inline_limit = -1});
}

PipelineOptions options_for(const Case& c, const std::string& pass) {
  PipelineOptions o;
  const std::string given = option(c.before, "passes");
  if (given != "all") o.only = given.empty() ? std::vector{pass} : words(given);
  if (const std::string level = option(c.before, "level"); !level.empty()) o.level = std::atoi(level.c_str());
  return o;
}

void check_same_results(const Graph& before, const Graph& after, const OpSet& ops) {
  for (const uint64_t seed : {1, 2}) {
    auto inputs = random_inputs(before, seed);
    ASSERT_TRUE(inputs) << inputs.error().text();
    auto expected = interpret(before, ops, *inputs);
    ASSERT_TRUE(expected) << expected.error().text();
    auto actual = interpret(after, ops, *inputs);
    ASSERT_TRUE(actual) << actual.error().text();
    const Difference d = compare_results(*actual, *expected, tolerance_of(before));
    EXPECT_FALSE(d.found) << d.details;
  }
}

// What does not fit together is still noticed.
void check_both_fail(const Graph& before, const Graph& after, const OpSet& ops) {
  auto inputs = random_inputs(before, 1);
  ASSERT_TRUE(inputs) << inputs.error().text();
  EXPECT_FALSE(interpret(before, ops, *inputs));
  EXPECT_FALSE(interpret(after, ops, *inputs)) << "the pass did away with what fails";
}

// Returns the new expectation.
std::string run_case(const Case& c, const std::string& pass, const OpSet& ops) {
  auto graph = parse_graph(c.before);
  if (!graph) {
    ADD_FAILURE() << graph.error().text();
    return c.after;
  }
  const Graph before = *graph;
  auto report = run_pipeline(*graph, ops, options_for(c, pass));
  if (!report) {
    ADD_FAILURE() << report.error().text();
    return c.after;
  }
  if (option(c.before, "fails").empty()) check_same_results(before, *graph, ops);
  else check_both_fail(before, *graph, ops);
  std::string notes;
  for (const PassNote& n : report->notes) notes += "# note: " + n.op + " '" + n.name + "': " + n.why + "\n";
  return notes + normal_text(*graph);
}

// Without comments but notes, and with names made normal.
std::string comparable(const std::string& text) {
  std::string notes;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("# note: ")) notes += line + "\n";
  auto graph = parse_graph(text);
  return graph ? notes + normal_text(std::move(*graph)) : "unreadable: " + graph.error().text();
}

class PassFile : public testing::TestWithParam<std::string> {};

TEST_P(PassFile, DoesWhatItSays) {
  const fs::path path = folder / (GetParam() + ".txt");
  const OpSet ops = builtin_ops();
  const bool bless = std::getenv("PHAROS_BLESS") != nullptr;
  std::string blessed;
  for (const Case& c : cases_of(path)) {
    SCOPED_TRACE(c.before);
    const std::string actual = run_case(c, GetParam(), ops);
    if (!bless) {
      EXPECT_EQ(actual, comparable(c.after));
    }
    blessed += (blessed.empty() ? "" : "====\n") + c.before + "----\n" + actual;
  }
  if (bless) std::ofstream(path) << blessed;
}

std::vector<std::string> files() {
  std::vector<std::string> out;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".txt") out.push_back(entry.path().stem().string());
  std::sort(out.begin(), out.end());
  return out;
}

INSTANTIATE_TEST_SUITE_P(Passes, PassFile, testing::ValuesIn(files()), [](const auto& info) {
  std::string name = info.param;
  for (char& c : name) if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
});

TEST(Pipeline, EveryFileIsNamedAfterAPass) {
  for (const std::string& name : files()) EXPECT_TRUE(name == "pipeline" || find_pass(name)) << name;
}

TEST(Pipeline, EveryPassHasCases) {
  for (const PassDef& p : all_passes()) EXPECT_TRUE(fs::exists(folder / (std::string(p.name) + ".txt"))) << p.name;
}

TEST(Pipeline, UnknownPassGetsASuggestion) {
  Graph g = *parse_graph("graph g (x: f32[2]) {\n  y = Relu(x)\n  return y\n}\n");
  auto r = run_pipeline(g, builtin_ops(), {.disabled = {"fuse-afine"}});
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().code(), "PH2202");
  EXPECT_EQ(r.error().argument("suggestion"), "fuse-affine");
}

TEST(Pipeline, CanBeCancelled) {
  Graph g = *parse_graph("graph g (x: f32[2]) {\n  y = Relu(x)\n  return y\n}\n");
  auto r = run_pipeline(g, builtin_ops(), {.cancelled = [] { return true; }});
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().code(), "PH2206");
}

}  // namespace
}  // namespace pharos
