#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/json.h"
#include "base/stats.h"
#include "catalog/command_line.h"
#include "cli/cli.h"
#include "cli/model/npy.h"
#include "cli/model/shapes.h"
#include "cli/options.h"
#include "cli/sinks/file_sink.h"
#include "cli/sinks/json_sink.h"
#include "cli/suggest.h"
#include "cli/text/format.h"
#include "cli/trtexec/options.h"
#include "passes/pipeline.h"

namespace pharos {
namespace {

namespace fs = std::filesystem;

struct Folder {
  fs::path path = fs::temp_directory_path() / ("pharos_cli_test_" + std::to_string(getpid()));
  Folder() { fs::remove_all(path); fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
};

Record record(std::string name) {
  return {Severity::Warning, Stage::Tune, std::chrono::system_clock::time_point{}, "conv_1",
          Report(diag::option_unknown, {{"verb", "build"}, {"option", std::move(name)}, {"suggestion", ""}})};
}

TEST(Options, ReadsEveryForm) {
  Options o("test");
  std::string text, first;
  std::vector<std::string> many;
  int n = 1;
  bool flag = false;
  int64_t bytes = 0;
  o.positional("FIRST", first, "");
  o.text("--text,-t", "TEXT", text, "");
  o.texts("--many", "X", many, "");
  o.integer("--number", "N", n, -5, 10, "");
  o.flag("--flag,-f", flag, "");
  o.bytes("--bytes", "SIZE", bytes, "");
  const std::vector<std::string> words{"-tabc", "--many=1", "--many", "2",  "--number", "-3",
                                       "-f",    "--bytes",  "1.5K",   "--", "--odd"};
  ASSERT_TRUE(bool(o.parse(words)));
  EXPECT_EQ(text, "abc");
  EXPECT_EQ(many, (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(n, -3);
  EXPECT_TRUE(flag);
  EXPECT_EQ(bytes, 1536);
  EXPECT_EQ(first, "--odd");
}

TEST(Options, RefusesWithTheRightCode) {
  const auto code = [](std::vector<std::string> words) {
    Options o("test");
    int n = 0;
    std::string first;
    o.positional("FIRST", first, "");
    o.integer("--number", "N", n, 0, 9, "");
    auto result = o.parse(words);
    return result ? std::string("fine") : std::string(result.error().code());
  };
  EXPECT_EQ(code({"a", "--nmber", "1"}), "PH0102");
  EXPECT_EQ(code({"a", "--number", "10"}), "PH0103");
  EXPECT_EQ(code({"a", "--number", "1x"}), "PH0103");
  EXPECT_EQ(code({"a", "--number", "99999999999999999999"}), "PH0103");
  EXPECT_EQ(code({"a", "--number"}), "PH0104");
  EXPECT_EQ(code({}), "PH0104");
  EXPECT_EQ(code({"a", "b"}), "PH0105");
  EXPECT_EQ(code({"--help"}), "fine");
  EXPECT_EQ(code({"a", "--number=4"}), "fine");
}

TEST(Options, SizesAndNumbers) {
  int64_t n = 0;
  EXPECT_TRUE(parse_bytes("2GiB", n)) ;
  EXPECT_EQ(n, int64_t{2} << 30);
  for (const char* bad : {"", "G", "-1", "1e400", "9e18G", "nan", "12Q"}) EXPECT_FALSE(parse_bytes(bad, n)) << bad;
}

TEST(Suggest, NearestName) {
  const std::vector<std::string> names{"build", "bench", "--threads"};
  EXPECT_EQ(nearest("biuld", names), "build");
  EXPECT_EQ(nearest("--thread", names), "--threads");
  EXPECT_EQ(nearest("xyzzy", names), "");
  EXPECT_EQ(edit_distance("abc", "acb"), 1);
}

TEST(Shapes, Parse) {
  EXPECT_EQ(parse_dims("1x3x224"), (Dims{1, 3, 224}));
  EXPECT_EQ(parse_dims("scalar"), Dims{});
  for (const char* bad : {"", "x", "1x", "1x-3", "1,3", "99999999999999999999"}) EXPECT_FALSE(parse_dims(bad)) << bad;
  const auto shapes = parse_shapes("input:0:1x3,'b,c':2");
  ASSERT_TRUE(shapes);
  EXPECT_EQ((*shapes)[0].first, "input:0");
  EXPECT_EQ((*shapes)[1], (std::pair<std::string, Dims>{"b,c", {2}}));
  for (const char* bad : {"", "x", ":1", "x:", "x:1,", "'x:1"}) EXPECT_FALSE(parse_shapes(bad)) << bad;
}

TEST(Shapes, Profiles) {
  using enum ProfileOptions::Which;
  ProfileOptions p;
  p.add(Min, {{"x", {1, 3}}});
  p.add(Max, {{"x", {8, 3}}});
  p.next_profile();
  p.add(Opt, {{"x", {16, 3}}});
  auto profiles = p.finish();
  ASSERT_TRUE(bool(profiles));
  ASSERT_EQ(profiles->size(), 2u);
  EXPECT_EQ((*profiles)[0].inputs[0].second.opt, (Dims{8, 3}));
  EXPECT_EQ((*profiles)[1].inputs[0].second.min, (Dims{16, 3}));
  p.add(Min, {{"x", {17, 3}}});
  EXPECT_EQ(p.finish().error().code(), "PH0118");
}

TEST(Stats, AsTrtexecCountsThem) {
  const Stats s = stats_of({4, 1, 3, 2});
  EXPECT_EQ(s.min, 1);
  EXPECT_EQ(s.max, 4);
  EXPECT_EQ(s.median, 2.5);
  EXPECT_EQ(s.mean, 2.5);
  std::vector<double> hundred;
  for (int i = 1; i <= 100; ++i) hundred.push_back(i);
  EXPECT_EQ(percentile_of(hundred, 90), 90);
  EXPECT_EQ(percentile_of(hundred, 100), 100);
  EXPECT_EQ(percentile_of(hundred, 0), 1);
  EXPECT_EQ(stats_of({}).max, 0);
}

TEST(Npy, RoundTripAndDamage) {
  const std::vector<float> values{1, 2, 3, 4, 5, 6};
  const std::string file = npy_bytes(DType::f32, {2, 3}, std::as_bytes(std::span(values)));
  EXPECT_EQ((file.size() - 24) % 64, 0u);
  const auto bytes = std::as_bytes(std::span(file.data(), file.size()));
  auto array = parse_npy(bytes, "x", "f");
  ASSERT_TRUE(bool(array));
  EXPECT_EQ(array->dims, (Dims{2, 3}));
  EXPECT_EQ(array->dtype, DType::f32);
  for (size_t n = 0; n < file.size(); ++n) EXPECT_FALSE(bool(parse_npy(bytes.first(n), "x", "f"))) << n;
  for (const std::string& from : {std::string("<f4"), std::string("(2, 3)"), std::string("False")}) {
    std::string damaged = file;
    damaged.replace(damaged.find(from), from.size(), from == "(2, 3)" ? "(-2,3)" : from == "False" ? "True " : ">f4");
    EXPECT_FALSE(bool(parse_npy(std::as_bytes(std::span(damaged.data(), damaged.size())), "x", "f")));
  }
}

TEST(Json, EscapesAndNumbers) {
  EXPECT_EQ(json_string("a\"\\\n\x01\xff\xe4\xb8\xad"), "\"a\\\"\\\\\\n\\u0001\\ufffd\xe4\xb8\xad\"");
  Json j;
  j.begin_object()
      .member("a", 1)
      .member("b", 0.1)
      .key("c")
      .begin_array()
      .value(true)
      .null()
      .value(1.0 / 0.0)
      .end_array();
  j.key("d").begin_object().end_object().end_object();
  EXPECT_EQ(j.text(), R"({"a": 1, "b": 0.1, "c": [true, null, null], "d": {}})");
}

TEST(Table, AlignsByDisplayWidth) {
  Table t("lr", {"\xe5\x90\x8d", "n"});
  t.row({"abc", "10"});
  EXPECT_EQ(t.text(), "\xe5\x90\x8d    n\nabc  10\n");
}

TEST(Sinks, LineShapes) {
  EXPECT_TRUE(record_line(record("--x\x1b[31m"), Language::English)
                  .ends_with("] [W] [PH0102] 'pharos build' has no option '--x\\x1b[31m'"));
  const std::string json = record_json(record("--x"), Language::English);
  for (const char* part :
       {R"("time": "1970-01-01T00:00:00.000000Z")", R"("phase": "build")", R"("stage": "tune")", R"("layer": "conv_1")",
        R"("code": "PH0102")", R"("arguments": {"verb": "build", "option": "--x")"}) {
    EXPECT_NE(json.find(part), json.npos) << part << " in " << json;
  }
}

TEST(Sinks, FilesRotate) {
  const Folder folder;
  const std::string path = folder.path / "log.txt";
  {
    FileSink sink(path, {.max_bytes = 300, .max_files = 3}, Language::English);
    for (int i = 0; i < 40; ++i) sink.write(record(std::to_string(i)));
  }
  EXPECT_TRUE(fs::exists(path + ".1"));
  EXPECT_TRUE(fs::exists(path + ".2"));
  EXPECT_FALSE(fs::exists(path + ".3"));
  for (const auto& file : fs::directory_iterator(folder.path)) EXPECT_LE(file.file_size(), 300u);
  fs::last_write_time(path + ".2", fs::file_time_type::clock::now() - std::chrono::hours(48));
  FileSink again(path, {.max_bytes = 300, .max_files = 3, .max_age_days = 1}, Language::English);
  EXPECT_TRUE(fs::exists(path + ".1"));
  EXPECT_FALSE(fs::exists(path + ".2"));
}

TEST(Trtexec, Grammar) {
  using trtexec::CommandLine;
  const auto parse = [](std::vector<std::string> words) { return CommandLine::parse(words); };
  auto good = parse({"--onnx=m.onnx", "--verbose", "--iterations=5", "--fp16", "--buildOnly", "--useCudaGraph"});
  ASSERT_TRUE(bool(good));
  EXPECT_EQ(good->value("onnx"), "m.onnx");
  EXPECT_EQ(*good->integer("iterations", 10, 1, 100), 5);
  ASSERT_EQ(good->remarks().size(), 3u);
  EXPECT_EQ(good->remarks()[0].code(), "PH0132");
  EXPECT_EQ(good->remarks()[1].code(), "PH0131");
  EXPECT_EQ(good->remarks()[2].code(), "PH0130");
  EXPECT_EQ(parse({"--onnx", "m.onnx"}).error().message(), "--onnx needs a value: --onnx=FILE");
  EXPECT_EQ(parse({"--foo=bar"}).error().message(), "Unknown option: --foo bar");
  EXPECT_FALSE(bool(parse({"--verbose=1"})));
}

// As a shell does, but for what lies between '' alone.
std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '\'') quoted = !quoted;
    else if (c == ' ' && !quoted) words.emplace_back();
    else words.back() += c;
  }
  return words;
}

TEST(Help, ExamplesAreCommandsThatExist) {
  const VerbSet verbs = builtin_verbs();
  int checked = 0;
  for (const Verb& verb : verbs.all()) {
    for (std::string_view rest = verb.examples; !rest.empty();) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      const size_t at = line.rfind("pharos " + std::string(verb.name));
      ASSERT_NE(at, line.npos) << line;
      const std::vector<std::string> words = words_of(line.substr(at));
      const auto args = std::span(words).subspan(2);
      for (size_t i = 1; i < args.size(); ++i) {
        if (args[i - 1] == "--after" || args[i - 1] == "--before") {
          EXPECT_TRUE(find_pass(args[i])) << line;
        }
      }
      ++checked;
      if (!verb.define) continue;
      Options options{std::string(verb.name)};
      CommonOptions common;
      const Runner run = verb.define(options);
      common.define(options);
      const auto parsed = options.parse(args);
      EXPECT_TRUE(parsed) << line << ": " << parsed.error().text();
    }
  }
  EXPECT_GT(checked, 30);
}

}  // namespace
}  // namespace pharos
