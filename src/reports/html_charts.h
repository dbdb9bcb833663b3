#pragma once
// The figures of the HTML report, one per subject; each is empty where the log tells too little to draw it.

#include <string>

#include "facts/log_model.h"
#include "reports/html_markup.h"

namespace pharos {

inline constexpr size_t max_drawn_layers = 16;    // bars
inline constexpr size_t max_drawn_points = 400;   // of a curve
inline constexpr size_t max_drawn_segments = 200; // of one stage in the timeline

std::string stage_timeline(const LogModel& log, Words w);
std::string memory_curve(const LogModel& log, Words w);
std::string latency_distribution(const LogModel& log, Words w);
std::string latency_parts(const LogModel& log, Words w);     // transfers, compute, enqueue on one axis
std::string latency_trace(const LogModel& log, Words w);     // over the run
std::string slowest_layers(const LogModel& log, Words w);
std::string layer_precisions(const LogModel& log, Words w);  // of the file of --exportLayerInfo

}  // namespace pharos
