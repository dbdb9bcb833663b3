#pragma once
// What trtexec 10 prints and writes, line by line. Lines of its own have no code.

#include <string>
#include <vector>

#include "cli/cli.h"
#include "cli/model/inputs.h"
#include "cli/model/measure.h"
#include "cli/trtexec/options.h"
#include "pharos/engine.h"

namespace pharos::trtexec {

class Printer {
 public:
  explicit Printer(Cli& cli) : cli_(cli) {}
  void info(std::string_view text) { line('I', text); }
  void warning(std::string_view text) { line('W', text); }
  void error(std::string_view text) { line('E', text); }
  void verbose(std::string_view text) { line('V', text); }
  void lines(const std::vector<std::string>& texts) { for (const std::string& t : texts) info(t); }

 private:
  void line(char severity, std::string_view text);
  Cli& cli_;
};

struct RunSettings {
  MeasureOptions measure;
  int64_t average = 10;
  std::vector<double> percentiles{90, 95, 99};
};

std::string banner(std::string_view word, const std::vector<std::string>& words);  // "&&&& RUNNING …"
std::vector<std::string> option_dump(const CommandLine& a, const RunSettings& settings, bool verbose);
std::vector<std::string> device_information();

void print_trace(Printer& out, const Measurement& m, int64_t average);
void print_summary(Printer& out, const Measurement& m, const std::vector<double>& percentiles);
void print_profile(Printer& out, const Profile& profile);
std::string layer_information(const EngineInfo& info, bool detailed);

std::string times_json(const Measurement& m);
std::string profile_json(const Profile& profile);
std::string outputs_json(const std::vector<HostTensor>& outputs);
std::string layers_json(const EngineInfo& info, bool detailed);

}  // namespace pharos::trtexec
