// Who ran what: banners, command lines, how it ended.

#include "facts/fact.h"

namespace pharos {
namespace {

// "trtexec --onnx=a.onnx --fp16 --shapes=x:1x3" -> options; the part behind a blank belongs to the option before it only
// where that had no "=".
void read_command(std::string_view command, int64_t line, LogModel& m) {
  command = command.substr(0, max_command);
  m.command = std::string(command);
  m.command_line_number = line;
  std::string last;
  for (size_t i = 0; i < command.size();) {
    const size_t end = std::min(command.find(' ', i), command.size());
    std::string_view word = command.substr(i, end - i);
    i = end + 1;
    if (word.starts_with("-")) {
      const size_t equals = word.find('=');
      last = std::string(word.substr(0, std::min(equals, max_fact_text)));
      m.options[last] = equals == word.npos ? std::string() : std::string(word.substr(equals + 1, max_fact_text));
      if (equals != word.npos) last.clear();
    } else if (!last.empty() && !word.empty()) {
      m.options[last] = std::string(word.substr(0, max_fact_text));
      last.clear();
    }
  }
}

// "TensorRT.trtexec", "Pharos.trtexec"
std::string tool_of(std::string_view program) { return program.starts_with("Pharos") ? "pharos trtexec" : "trtexec"; }

void running(const FactMatch& f, LogModel& m) {
  m.tool = tool_of(f[0]);
  m.started = true;
  if (!f[1].empty()) m.tensorrt = version_of(f[1]);
  read_command(f.groups[2], f.event.lines.front().number, m);
}

void ended(const FactMatch& f, LogModel& m) {
  m.passed = f[0] != "FAILED";
  m.passed_line = f.event.lines.front().number;
  if (!m.tensorrt.known() && !f[2].empty()) m.tensorrt = version_of(f[2]);
  if (m.command.empty()) read_command(f.groups[3], m.passed_line, m);
  if (m.tool.empty()) m.tool = tool_of(f[1]);
}

}  // namespace

void define_command(FactSet& facts) {
  facts.add({.name = "trtexec-running", .literal = "&&&& RUNNING ", .pattern = R"(&&&& RUNNING (\S+)(?: \[(?:Pharos v\d+|TensorRT v(\d+))\])?(?: \[b\d+\])? # ?(.*))",
             .take = running, .starts_run = true});
  for (const std::string_view end : {"&&&& PASSED ", "&&&& FAILED ", "&&&& WAIVED "}) {
    facts.add({.name = "trtexec-ended", .literal = end, .pattern = R"(&&&& (PASSED|FAILED|WAIVED) (\S+)(?: \[(?:Pharos v\d+|TensorRT v(\d+))\])?(?: \[b\d+\])? # ?(.*))", .take = ended});
  }
  facts.add({.name = "polygraphy-running", .literal = "RUNNING | Command", .pattern = R"(RUNNING \| Command: (.*))",
             .take = [](const FactMatch& f, LogModel& m) {
               m.tool = "polygraphy";
               m.started = true;
               read_command(f.groups[0], f.event.lines.front().number, m);
             },
             .starts_run = true});
  facts.add({.name = "polygraphy-ended", .literal = " | Command: ", .pattern = R"((PASSED|FAILED) \|.*Command: (.*))",
             .take = [](const FactMatch& f, LogModel& m) {
               m.tool = "polygraphy";
               m.passed = f[0] == "PASSED";
               m.passed_line = f.event.lines.front().number;
               if (m.command.empty()) read_command(f.groups[1], m.passed_line, m);
             }});
}

}  // namespace pharos
