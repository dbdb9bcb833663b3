// The doctor as a library: reads logs, prints what went wrong and what to do. Exits with 1 where a log is not clean.
//   read_log [--format NAME] LOG...
#include <iostream>
#include <string>
#include <vector>

#include <pharos/doctor.h>

namespace doctor = pharos::doctor;

int main(int count, char** words) {
  std::string format;
  std::vector<doctor::Diagnosis> logs;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    if (word == "--format" && i + 1 < count) {
      format = words[++i];
      continue;
    }
    auto diagnosis = doctor::examine_file(word);
    if (!diagnosis) {
      std::cerr << diagnosis.error().text() << "\n";
      return 1;
    }
    logs.push_back(std::move(*diagnosis));
  }
  if (!format.empty()) {  // as 'pharos doctor --format' prints it
    const auto text = doctor::report(logs, format);
    if (!text) {
      std::cerr << text.error().text() << "\n";
      return 1;
    }
    std::cout << *text;
    return 0;
  }
  for (const doctor::Diagnosis& d : logs) {
    std::cout << doctor::category_name(d.verdict()) << ", " << d.lines() << " lines\n";
    for (const doctor::Finding& f : d.findings()) {
      std::cout << "  " << f.code << " " << f.message << "\n";
      for (const doctor::Evidence& e : f.evidence) std::cout << "    " << e.file << ":" << e.line << "\n";
      for (const std::string& step : f.remedy) std::cout << "    - " << step << "\n";
    }
  }
  return 0;
}
