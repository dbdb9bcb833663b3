#include "tactics/check.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "catalog/tactics.h"

namespace pharos {
namespace {

// Every list in tests/problems/, on every instruction set that the machine has.
class Problems : public testing::TestWithParam<std::tuple<std::string, Isa>> {};

std::vector<std::string> problem_files() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(PHAROS_PROBLEMS_DIR)) files.push_back(entry.path().stem().string());
  std::sort(files.begin(), files.end());
  return files;
}

// Portable code, and what this architecture has beyond it.
std::vector<Isa> instruction_sets() {
  if (this_cpu(1).isa == Isa::Aarch64) return {Isa::Portable, Isa::Aarch64};
  return {Isa::Portable, Isa::X86_64_v3, Isa::X86_64_v4};
}

// Candidates that oneDNN may decline while packing, because it has only its plain loops for them: those lists and how many.
// More of them would be comparisons lost.
int known_declines(const std::string& file, Isa isa) { return file == "conv" && isa != Isa::Portable ? 6 : 0; }

TEST_P(Problems, TacticsAgreeWithTheReference) {
  const auto& [file, isa] = GetParam();
  const Device device = this_cpu(2, isa);
  if (device.isa != isa) GTEST_SKIP() << "this machine has no " << isa_name(isa);
  const OpSet ops = builtin_ops();
  const TacticSet tactics = builtin_tactics();
  std::ifstream in(std::string(PHAROS_PROBLEMS_DIR) + "/" + file + ".txt");
  const uint64_t seed = 1;
  int compared = 0, declined = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    const auto problem = parse_problem(line, ops, seed);
    if (!problem) {
      ADD_FAILURE() << line << ": " << problem.error().text();
      continue;
    }
    const CheckResult result = check_tactics(*problem, ops, tactics, device);
    for (const std::string& failure : result.failures) ADD_FAILURE() << line << " (seed " << seed << ")\n  " << failure;
    for (const std::string& decline : result.declines) printf("declined: %s: %s\n", line.c_str(), decline.c_str());
    compared += result.runs, declined += int(result.declines.size());
    std::string refusals;
    for (const std::string& refusal : result.refusals) refusals += "\n  " + refusal;
    if (result.tactics == 0) RecordProperty("without tactic", line + refusals);
  }
  printf("%s on %s: %d comparisons, %d candidates declined by their library\n", file.c_str(), std::string(isa_name(isa)).c_str(), compared, declined);
  EXPECT_GT(compared, 0);
  EXPECT_LE(declined, known_declines(file, isa));
}

TEST(Problem, ALineThatIsNoneSaysWhy) {
  const OpSet ops = builtin_ops();
  for (const char* line : {"NoSuchOperator f32[1]", "Relu g32[1]", "Relu f32[2] alpha"}) {
    const auto problem = parse_problem(line, ops, 1);
    ASSERT_FALSE(problem) << line;
    EXPECT_EQ(&problem.error().diagnostic(), &diag::problem_line_invalid) << line;
  }
}

INSTANTIATE_TEST_SUITE_P(Lists, Problems,
                         testing::Combine(testing::ValuesIn(problem_files()), testing::ValuesIn(instruction_sets())),
                         [](const auto& info) {
                           std::string name = std::get<0>(info.param) + "_" + std::string(isa_name(std::get<1>(info.param)));
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace pharos
