// What rules cost: a log is read by the doctor with its first ten rules and with all of them, in turn, on one core.
//   bench_doctor LOG [ROUNDS]

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "findings/doctor.h"

namespace {

using namespace pharos;

// Rules of all subjects. Facts and dialects are the same on both sides: what is compared is the price of rules.
RuleSet some_rules(size_t wanted) {
  std::vector<Rule> usable;
  const RuleSet all = builtin_rules();
  for (const Rule& r : all.all()) {
    if (!r.triggers.empty()) usable.push_back(r);
  }
  RuleSet some;
  for (size_t i = 0; i < wanted; ++i) some.add(usable[i * usable.size() / wanted]);
  return some;
}

double seconds(const Doctor& doctor, const std::string& log, size_t& findings) {
  const auto start = std::chrono::steady_clock::now();
  const auto d = doctor.examine_file(log);
  const double t = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  findings = d && !d->runs.empty() ? d->runs[0].findings.size() : 0;
  return t;
}

}  // namespace

int main(int count, char** words) {
  if (count < 2) {
    std::fprintf(stderr, "usage: bench_doctor LOG [ROUNDS]\n");
    return 2;
  }
  const std::string log = words[1];
  const int rounds = count > 2 ? std::atoi(words[2]) : 5;
  const Doctor ten(builtin_dialects(), builtin_facts(), some_rules(10)), all;
  std::vector<double> few, full, ratios;
  size_t findings_few = 0, findings_full = 0;
  for (int i = 0; i < rounds; ++i) {
    few.push_back(seconds(ten, log, findings_few));
    full.push_back(seconds(all, log, findings_full));
    ratios.push_back(full.back() / few.back());
  }
  const auto median = [](std::vector<double> v) {
    std::sort(v.begin(), v.end());
    return v[v.size() / 2];
  };
  const auto line = [&](const char* name, const Doctor& d, const std::vector<double>& t, size_t findings) {
    std::printf("%-9s %4zu rules %5zu literals %7.2f s (%.2f-%.2f) %4zu findings\n", name, d.rules().all().size(), d.prefilter().literals().size(), median(t),
                *std::min_element(t.begin(), t.end()), *std::max_element(t.begin(), t.end()), findings);
  };
  line("ten", ten, few, findings_few);
  line("all", all, full, findings_full);
  std::printf("all rules cost %.2f times what ten cost\n", median(ratios));
}
