// What no other rule knows, and the ends of failures: messages that only say that something before them went wrong.

#include <array>

#include "catalog/doctor.h"
#include "findings/rule.h"

namespace pharos {
namespace {

struct Words { std::string_view words; Category category; };

// The category of an unknown error, by what it speaks of; the first row that fits.
constexpr std::array guesses{
    Words{"ut of memory", Category::OutOfMemory}, Words{"OutOfMemory", Category::OutOfMemory}, Words{"could not be allocated", Category::OutOfMemory},
    Words{"alloc", Category::OutOfMemory}, Words{"not supported", Category::UnsupportedOp}, Words{"unsupported", Category::UnsupportedOp},
    Words{"UNSUPPORTED_NODE", Category::UnsupportedOp}, Words{"lugin", Category::UnsupportedOp}, Words{"alibrat", Category::Int8Calibration},
    Words{"scale", Category::Int8Calibration}, Words{"profile", Category::DynamicShape}, Words{"dimension", Category::DynamicShape},
    Words{"shape", Category::DynamicShape}, Words{"deserializ", Category::EngineMismatch}, Words{"Serialization", Category::EngineMismatch},
    Words{"engine plan", Category::EngineMismatch}, Words{"arse", Category::ParseError}, Words{"onnx", Category::ParseError},
    Words{"libcu", Category::Environment}, Words{"libnv", Category::Environment}, Words{"driver", Category::Environment},
    Words{"CUDA", Category::Environment}, Words{"Cuda", Category::Crash}, Words{"Assertion", Category::Crash},
    Words{"Parameter check failed", Category::ApiMisuse}, Words{"API Usage Error", Category::ApiMisuse}};

std::optional<Finding> unknown_error(const JudgeContext& c) {
  Finding f = c.finding();
  f.confidence = 0.3;
  f.category = Category::ApiMisuse;
  for (const Words& w : guesses) {
    if (c.hits.front().text.find(w.words) != std::string::npos) { f.category = w.category; break; }
  }
  return f;
}

}  // namespace

void define_general(RuleSet& rules) {
  // Fed by the examination itself with severe messages that no trigger recognised.
  rules.add({.diagnostic = &diag::log_unknown_error, .rank = 10, .confidence = 0.3, .judge = [](const JudgeContext& c) { return c.count ? unknown_error(c) : std::nullopt; },
             .may_follow_error = true});
  rules.add({.diagnostic = &diag::log_unknown_warning, .role = Role::Note, .rank = 5, .confidence = 0.3,
             .judge = [](const JudgeContext& c) { return c.count ? std::optional<Finding>(c.finding()) : std::nullopt; }});
  // Likewise: how Python ends, where no rule knows the line. Never above a message of TensorRT.
  rules.add({.diagnostic = &diag::log_exception, .category = Category::ApiMisuse, .role = Role::Consequence, .rank = 2, .confidence = 0.3,
             .judge = [](const JudgeContext& c) { return c.count ? unknown_error(c) : std::nullopt; }});
  rules.add({
      .diagnostic = &diag::log_run_failed,
      .category = Category::Crash,
      .role = Role::Consequence,
      .rank = 1,
      .triggers = {{"Engine set up failed", "(?P<text>.*)"},
                   {"Failed to create engine from model", "(?P<text>.*)"},
                   {"Engine could not be created from network", "(?P<text>.*)"},
                   {"Building engine failed", "(?P<text>.*)"},
                   {"Engine creation failed", "(?P<text>.*)"},
                   {"Parsing model failed", "(?P<text>.*)"},
                   {"TensorRT EP could not build engine", "(?P<text>TensorRT EP could not build engine.{0,120})"},
                   {"TensorRT EP failed to", "(?P<text>TensorRT EP failed to.{0,120})"},
                   {"build engine file failed", "(?P<text>build engine file failed)"},
                   {"build backend context failed", "(?P<text>build backend context failed)"},
                   {"generate backend failed", "(?P<text>generate backend failed)"},
                   {"Failed to enqueue trt inference batch", "(?P<text>.*)"},
                   {"Build engine failed from config file", "(?P<text>.*)"},
                   {"failed to build trt engine", "(?P<text>.*)"},
                   {"Could not deserialize engine", "(?P<text>.*)"},
                   {"Failed to deserialize TensorRT engine", "(?P<text>.*)"},
                   {"cuda_engine.get() != nullptr", "(?P<text>.*)"},
                   {"because the network is not valid", "(?P<text>.{0,120})"},
                   {" failed validation", R"((?P<text>Layer \S.{0,100} failed validation))"},
                   {"Failed to parse onnx file", "(?P<text>.*)"},
                   {"Inference set up failed", "(?P<text>.*)"},
                   {"Error occurred during inference", "(?P<text>.*)"},
                   {"Network validation failed", R"((?P<text>Network validation failed\.?\s*$))"},
                   {"Engine deserialization failed", "(?P<text>.*)"},
                   {"Deserialize the cuda engine failed", "(?P<text>.*)"},
                   {"Deserialize engine failed", R"((?P<text>Deserialize engine failed(?: [^b].*)?)$)"},
                   {"Got invalid engine", "(?P<text>.*)"},
                   {"Assertion engine", R"((?P<text>Assertion engine(?:Ptr)? != nullptr failed))"},
                   {"--- Begin node ---", "(?P<text>.{0,120})"},
                   {"--- End node ---", "(?P<text>.{0,120})"},
                   {"While parsing node number", R"((?P<text>While parsing node number.{0,80}))"},
                   {"&&&& FAILED ", R"((?P<text>&&&& FAILED \S+))"}},
      .as_consequence = &diag::log_run_ended,
      .samples = {{"[E] Engine set up failed", true},
                  {"[E] 2: [builder.cpp::buildSerializedNetwork::609] Error Code 2: Internal Error (Assertion enginePtr != nullptr failed. )", true},
                  {"[I] Engine built in 3 sec.", false}},
  });
}

}  // namespace pharos
