#include "findings/migration.h"

#include <gtest/gtest.h>

#include "findings/condition_text.h"
#include "findings/doctor.h"

namespace pharos {
namespace {

TEST(Migration, OptionsAreReplacedOrLeftOut) {
  const Migration m = migrate_command("trtexec --onnx=m.onnx --workspace=4096 --fp16 --explicitBatch --buildOnly", 11);
  ASSERT_EQ(m.changes.size(), 4u);
  EXPECT_EQ(m.changes[0].given, "--workspace=4096");
  EXPECT_EQ(m.command, "trtexec --onnx=m.onnx --memPoolSize=workspace:4096M --skipInference");
}

TEST(Migration, PrecisionStaysUntilEleven) {
  EXPECT_EQ(migrate_command("trtexec --onnx=m.onnx --fp16", 10).command, "trtexec --onnx=m.onnx --fp16");
  EXPECT_EQ(migrate_command("trtexec --onnx=m.onnx --fp16", 11).command, "trtexec --onnx=m.onnx");
}

TEST(Migration, AValueBehindABlankGoesWithItsOption) {
  EXPECT_EQ(migrate_command("trtexec --workspace 2048 --onnx=m.onnx", 10).command, "trtexec --memPoolSize=workspace:2048M --onnx=m.onnx");
  EXPECT_EQ(migrate_command("trtexec --fp16 m.onnx", 11).command, "trtexec m.onnx") << "a flag has no value";
  EXPECT_EQ(migrate_command("trtexec --onnx=m.onnx --plugins", 10).command, "trtexec --onnx=m.onnx") << "without a value it did nothing";
}

TEST(Migration, QuotedWordsStayWhole) {
  EXPECT_EQ(migrate_command("trtexec --onnx='my model.onnx' --streams=2", 10).command, "trtexec --onnx='my model.onnx' --infStreams=2");
}

TEST(Migration, TheFirstVersionThatBreaksIsNamed) {
  EXPECT_EQ(breaks_in("trtexec --onnx=m.onnx --workspace=1", 8), 10);
  EXPECT_EQ(breaks_in("trtexec --onnx=m.onnx --fp16", 8), 11);
  EXPECT_EQ(breaks_in("trtexec --onnx=m.onnx --fp16", 11), 0);
  EXPECT_EQ(breaks_in("trtexec --onnx=m.onnx", 0), 0);
}

TEST(Conditions, TheSpecialRowComesBeforeTheGeneralOne) {
  EXPECT_EQ(meaning_of("isValidDims(dims, true)").words, "isValidDims");
  EXPECT_EQ(meaning_of("blob != nullptr").words, "nullptr");
  EXPECT_EQ(meaning_of("index < mOutputs.size()").words, "index");
  EXPECT_EQ(meaning_of("foo").words, "");
}

// The note on the command of a log, and the steps in it.
TEST(Migration, ALogOfAnOldCommandGetsANote) {
  const Doctor doctor;
  const Diagnosis d = doctor.examine_text("&&&& RUNNING TensorRT.trtexec [TensorRT v8601] # trtexec --onnx=m.onnx --workspace=4096\n[I] Engine built in 3 sec.\n");
  const Finding* note = nullptr;
  for (const Finding& f : d.runs.at(0).findings) {
    if (f.report.diagnostic().slug == "log-options-removed") note = &f;
  }
  ASSERT_NE(note, nullptr);
  EXPECT_EQ(note->remedy(Language::English).front(),
            "Replace --workspace=4096 by --memPoolSize=workspace:4096M: deprecated since 8.4; the default is all of the device's memory, so it can also be left out");
  EXPECT_EQ(d.verdict(), Category::Clean);
}

}  // namespace
}  // namespace pharos
