// What rules cost: a log is read by the doctor with ten rules and with all of them, in turn, on one core.
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

double median(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  return v[v.size() / 2];
}

// Of the pairs of each round.
double ratio(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> r;
  for (size_t i = 0; i < a.size(); ++i) r.push_back(a[i] / b[i]);
  return median(r);
}

}  // namespace

int main(int count, char** words) {
  if (count < 2) {
    std::fprintf(stderr, "usage: bench_doctor LOG [ROUNDS]\n");
    return 2;
  }
  const std::string log = words[1];
  const int rounds = count > 2 ? std::atoi(words[2]) : 5;
  // Ten rules with the facts that every log is read for, and ten rules alone: nothing but their literals is searched for.
  const Doctor all, ten(builtin_dialects(), builtin_facts(), some_rules(10)), alone(builtin_dialects(), FactSet(), some_rules(10));
  struct Side { const char* name; const Doctor* doctor; std::vector<double> seconds; size_t findings; };
  Side sides[] = {{"ten, no facts", &alone, {}, 0}, {"ten", &ten, {}, 0}, {"all", &all, {}, 0}};
  for (int i = 0; i < rounds; ++i) {
    for (Side& s : sides) s.seconds.push_back(seconds(*s.doctor, log, s.findings));
  }
  for (const Side& s : sides) {
    std::printf("%-14s %4zu rules %5zu literals %7.2f s (%.2f-%.2f) %4zu findings\n", s.name, s.doctor->rules().all().size(),
                s.doctor->prefilter().literals().size(), median(s.seconds), *std::min_element(s.seconds.begin(), s.seconds.end()),
                *std::max_element(s.seconds.begin(), s.seconds.end()), s.findings);
  }
  std::printf("all rules cost %.2f times what ten cost, %.2f times what ten without facts cost\n", ratio(sides[2].seconds, sides[1].seconds),
              ratio(sides[2].seconds, sides[0].seconds));
}
