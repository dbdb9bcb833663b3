#include "pharos/doctor.h"

#include <gtest/gtest.h>

#include <sstream>

namespace pharos::doctor {
namespace {

constexpr std::string_view no_output = "[E] 4: [network.cpp::validate::2738] Error Code 4: Internal Error (Network must have at least one output)\n";
constexpr std::string_view unwinding = "[E] Engine set up failed\n";

TEST(DoctorApi, ATextGivesVerdictFindingsAndRuns) {
  const Diagnosis d = examine_text("&&&& RUNNING TensorRT.trtexec [TensorRT v8601] # trtexec --onnx=a.onnx\n" + std::string(no_output) + std::string(unwinding), "a.log");
  EXPECT_EQ(d.verdict(), Category::ApiMisuse);
  EXPECT_FALSE(d.clean());
  EXPECT_EQ(d.lines(), 3);
  const auto findings = d.findings();
  ASSERT_FALSE(findings.empty());
  const Finding& f = findings[0];
  EXPECT_EQ(f.code, "PH9802");
  EXPECT_EQ(f.severity, Severity::Error);
  EXPECT_EQ(f.role, Role::Cause);
  EXPECT_FALSE(f.remedy.empty());
  EXPECT_EQ(f.evidence.at(0), (Evidence{"a.log", 2, std::string(no_output.substr(0, no_output.size() - 1))}));
  EXPECT_EQ(f.consequences.size(), 1u);
  EXPECT_NE(d.findings(Language::Chinese)[0].title, f.title);
  ASSERT_EQ(d.runs().size(), 1u);
  EXPECT_EQ(d.runs()[0].tensorrt, "8.6.1");
  EXPECT_EQ(d.runs()[0].errors, 2);
}

TEST(DoctorApi, AnEmptyDiagnosisIsClean) {
  const Diagnosis d;
  EXPECT_TRUE(d.clean());
  EXPECT_EQ(d.verdict(), Category::Clean);
  EXPECT_TRUE(d.findings().empty());
}

TEST(DoctorApi, EveryFormatRendersAndOthersAreRefused) {
  const Diagnosis d = examine_text(no_output);
  EXPECT_GE(formats().size(), 2u);
  for (const Format& f : formats()) {
    const auto text = d.report(f.name);
    ASSERT_TRUE(text) << f.name;
    EXPECT_NE(text->find("PH9802"), std::string::npos) << f.name;
    EXPECT_FALSE(f.doc.zh.empty());
  }
  const auto none = d.report("pdf");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code(), "PH0107");
  const Diagnosis logs[] = {examine_text(no_output, "one.log"), examine_text("[I] fine\n", "two.log")};
  const auto both = report(logs, "json");
  ASSERT_TRUE(both);
  EXPECT_NE(both->find("two.log"), std::string::npos);
}

TEST(DoctorApi, FilesAndStreams) {
  EXPECT_EQ(examine_file("/nowhere/x.log").error().code(), "PH9001");
  EXPECT_EQ(examine_file("/").error().code(), "PH9001");
  std::istringstream in{std::string(no_output)}, empty;
  const auto d = examine_stream(in, "pipe");
  ASSERT_TRUE(d);
  EXPECT_EQ(d->findings().at(0).evidence.at(0).file, "pipe");
  EXPECT_EQ(examine_stream(empty).error().code(), "PH9006");
  std::istringstream broken("[E] x\n");
  broken.setstate(std::ios::badbit);
  EXPECT_EQ(examine_stream(broken).error().code(), "PH9001");
}

TEST(DoctorApi, ASessionTellsEachFindingOnce) {
  Session session("live");
  session.feed(no_output.substr(0, 20));
  EXPECT_TRUE(session.fresh().empty());
  session.feed(no_output.substr(20));
  session.feed(unwinding);
  session.feed("[I] quiet\n");
  const auto news = session.fresh();
  ASSERT_GE(news.size(), 2u);
  EXPECT_EQ(news[0].code, "PH9802");
  EXPECT_TRUE(session.fresh().empty());
  session.feed("[W] Falling back to CPU implementation for plugin: ResizeNearest");  // no line break yet
  EXPECT_TRUE(session.fresh().empty());
  const Diagnosis end = session.finish();
  EXPECT_EQ(end.lines(), 4);
  EXPECT_EQ(session.fresh().size(), 1u);
  Session moved = std::move(session);
  moved.message(Severity::Error, "no \"quotes\"\nlost");
  EXPECT_GT(moved.diagnosis().lines(), 4);
}

TEST(DoctorApi, TheCatalogueIsThere) {
  const auto entry = find_entry("PH9802");
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->category, Category::ApiMisuse);
  EXPECT_EQ(entry->diagnostic->slug, find_entry(entry->diagnostic->slug)->diagnostic->slug);
  EXPECT_FALSE(entry->examples.empty());
  EXPECT_FALSE(entry->literals.empty());
  EXPECT_FALSE(find_entry("PH0000"));
  const auto all = entries();
  EXPECT_GT(all.size(), 250u);
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end(), [](const Entry& a, const Entry& b) { return a.diagnostic->code < b.diagnostic->code; }));
}

}  // namespace
}  // namespace pharos::doctor
