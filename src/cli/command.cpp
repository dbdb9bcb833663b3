// From words to a verb: finds it, parses its options, runs it, prints help.

#include <algorithm>
#include <cstdio>
#include <iterator>

#include <fmt/format.h>

#include "catalog/command_line.h"
#include "catalog/general.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/suggest.h"

namespace pharos {
namespace {

constexpr Text group_titles[] = {
    {"Compile and run", "编译与运行"}, {"Look inside", "查看内容"}, {"Check", "检查"}, {"Help and lists", "帮助与列表"}};

std::string general_help(const Cli& cli) {
  const bool zh = cli.language() == Language::Chinese;
  std::string text = fmt::format("Pharos {} - {}\n\n{}: pharos COMMAND [ARGUMENTS] [OPTIONS]\n", PHAROS_VERSION,
                                 zh ? "ONNX 推理编译器与运行时" : "an optimising inference compiler and runtime for ONNX",
                                 zh ? "用法" : "Usage");
  for (size_t group = 0; group < std::size(group_titles); ++group) {
    text += fmt::format("\n{}:\n", cli.tr(group_titles[group]));
    for (const Verb& v : cli.verbs().all()) {
      if (size_t(v.group) == group) text += fmt::format("  {:<13} {}\n", v.name, cli.tr(v.one_line));
    }
  }
  text += zh ? "\npharos COMMAND --help 显示各命令的选项与示例。\n\n退出码:\n"
             : "\n'pharos COMMAND --help' shows the options and examples of a command.\n\nExit codes:\n";
  for (const ExitCodeText& e : exit_code_table) text += fmt::format("  {}  {}\n", int(e.code), cli.tr(e.meaning));
  text += zh ? "\n环境变量:\n" : "\nEnvironment:\n";
  for (const EnvironmentVariable& v : environment_variables) text += fmt::format("  {:<21} {}\n", v.name, v.doc);
  return text;
}

std::string verb_help(const Cli& cli, const Verb& verb, const Options& options) {
  std::string text =
      fmt::format("{}\n\n{}: {}\n\n{}", cli.tr(verb.one_line), cli.language() == Language::Chinese ? "用法" : "Usage",
                  options.usage(), options.help());
  if (verb.examples.empty()) return text;
  text += cli.language() == Language::Chinese ? "\n示例:\n" : "\nExamples:\n";
  for (std::string_view rest = verb.examples; !rest.empty();) {
    const size_t end = rest.find('\n');
    text += fmt::format("  {}\n", rest.substr(0, end));
    rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
  }
  return text;
}

// Options may stand before the verb too ("pharos --lang zh list"): they are moved behind it.
void move_verb_to_front(std::vector<std::string>& words) {
  Options options{""};
  CommonOptions common;
  common.define(options);
  size_t i = 0;
  while (i < words.size() && words[i].starts_with("-"))
    i += options.takes_value(words[i]) ? 2 : 1;
  if (i > 0 && i < words.size())
    std::rotate(words.begin(), words.begin() + ptrdiff_t(i), words.begin() + ptrdiff_t(i) + 1);
}

int run_verb(Cli& cli, const Verb& verb, std::span<const std::string> args) {
  cli.console().keep_stdout_clean(verb.data_on_stdout);
  if (verb.run_raw) return verb.run_raw(cli, args);
  Options options{std::string(verb.name)};
  CommonOptions common;
  const Runner run = verb.define(options);
  common.define(options);
  const auto parsed = options.parse(args);
  // Language and log first, so that even a usage error speaks the language asked for.
  if (auto configured = cli.configure(common); !configured) return cli.fail(configured.error());
  if (!parsed) return cli.fail(Result<void>(parsed).error());
  if (options.help_wanted()) {
    cli.print(verb_help(cli, verb, options));
    return exit_fine;
  }
  return run(cli);
}

int dispatch(Cli& cli, std::vector<std::string>& words) {
  move_verb_to_front(words);
  if (words.empty() || words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    if (words.size() > 1 && words[0] == "help") {
      if (const Verb* verb = cli.verbs().find(words[1]))
        return run_verb(cli, *verb, std::vector<std::string>{"--help"});
    }
    cli.print(general_help(cli));
    return words.empty() ? exit_usage : exit_fine;
  }
  if (words[0] == "--version" || words[0] == "-V") {
    cli.print("pharos " PHAROS_VERSION "\n");
    return exit_fine;
  }
  const Verb* verb = cli.verbs().find(words[0]);
  if (!verb) {
    std::vector<std::string> names;
    for (const Verb& v : cli.verbs().all()) names.emplace_back(v.name);
    return cli.fail({diag::verb_unknown, {{"verb", words[0]}, {"suggestion", suggestion_text(words[0], names)}}});
  }
  return run_verb(cli, *verb, std::span(words).subspan(1));
}

}  // namespace

const Verb* VerbSet::find(std::string_view name) const {
  for (const Verb& v : verbs_) {
    if (v.name == name) return &v;
  }
  return nullptr;
}

int run_command(std::vector<std::string> words) {
  const VerbSet verbs = builtin_verbs();
  Cli cli(verbs, read_environment());
  cli.keep_words(words);
  int code = dispatch(cli, words);
  cli.terminal().status("");
  if ((std::fflush(stdout) != 0 || std::ferror(stdout)) && code == exit_fine) {
    code = cli.fail({diag::file_write_failed, {{"path", "stdout"}, {"reason", "not everything could be written"}}});
  }
  return code;
}

}  // namespace pharos
