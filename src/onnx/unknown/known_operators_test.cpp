#include "onnx/unknown/known_operators.h"

#include <gtest/gtest.h>

namespace pharos {
namespace {

std::string about(std::string_view name) {
  static const OpSet ops = builtin_ops();
  const KnownOperator k = about_operator(name, ops);
  EXPECT_FALSE(k.what.en.empty() || k.what.zh.empty() || k.help.en.empty() || k.help.zh.empty()) << name;
  return std::string(k.what.en) + ": " + std::string(k.help.en);
}

TEST(KnownOperators, ByNameWhateverTheDomain) {
  for (const char* name : {"EfficientNMS_TRT", "TRT::EfficientNMS_TRT", "my.domain::EfficientNMS_TRT"})
    EXPECT_NE(about(name).find("NonMaxSuppression"), std::string::npos) << about(name);
  EXPECT_NE(about("mmcv::MMCVRoiAlign").find("RoiAlign (opset 16)"), std::string::npos);
  EXPECT_NE(about("DecodeBbox3DPlugin").find("give a plugin"), std::string::npos);
}

TEST(KnownOperators, ByDomain) {
  EXPECT_NE(about("com.microsoft::NotYetKnown").find("ONNX Runtime"), std::string::npos);
  EXPECT_NE(about("com.microsoft.nchwc::Conv").find("ORT_ENABLE_ALL"), std::string::npos);
  EXPECT_NE(about("mmdeploy::Something").find("MMDeploy"), std::string::npos);
  EXPECT_NE(about("prim::PythonOp").find("symbolic()"), std::string::npos);
  EXPECT_NE(about("pkg.onnxscript.torch_lib::aten_add").find("local functions"), std::string::npos);
}

TEST(KnownOperators, OthersAreToldApart) {
  EXPECT_NE(about("com.example::LayerNormalization").find("ONNX has an operator of that name"), std::string::npos);
  EXPECT_NE(about("com.example::Frobnicate").find("--plugin FILE"), std::string::npos);
  EXPECT_NE(about("Frobnicate").find("newer than this version"), std::string::npos);
}

}  // namespace
}  // namespace pharos
