#include <charconv>
#include <chrono>

#include "dialects/dialect.h"

namespace pharos {
namespace {

// The numbers in the text, up to seven; a fraction of a second counts as its digits.
struct Numbers { int value[7] = {}; int digits[7] = {}; int count = 0; };

Numbers numbers_of(std::string_view text) {
  Numbers n;
  for (size_t i = 0; i < text.size() && n.count < 7;) {
    if (text[i] < '0' || text[i] > '9') { ++i; continue; }
    size_t end = i;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    int value = 0;
    if (end - i <= 9) std::from_chars(text.data() + i, text.data() + end, value);
    n.digits[n.count] = int(end - i);
    n.value[n.count++] = value;
    i = end;
  }
  return n;
}

std::optional<double> seconds(int year, int month, int day, int hour, int minute, int second) {
  // TensorRT 6 and 7 print months from 0: a month out of range is taken as January, since only differences count.
  if (month < 1 || month > 12) month = 1;
  if (day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60 || year < 1 || year > 9999) return std::nullopt;
  const std::chrono::sys_days days{std::chrono::year(year) / month / day};
  return double(days.time_since_epoch().count()) * 86400.0 + hour * 3600 + minute * 60 + second;
}

}  // namespace

std::optional<double> parse_log_time(std::string_view text) {
  if (text.size() < 8 || text.size() > 40) return std::nullopt;
  const Numbers n = numbers_of(text);
  const auto with_fraction = [&](std::optional<double> t, int at) {
    if (!t || n.count <= at) return t;
    double f = n.value[at];
    for (int k = 0; k < n.digits[at]; ++k) f /= 10;
    return std::optional<double>(*t + f);
  };
  if (n.count >= 6 && n.digits[0] == 4) {
    return with_fraction(seconds(n.value[0], n.value[1], n.value[2], n.value[3], n.value[4], n.value[5]), 6);
  }
  if (n.count >= 6 && n.digits[2] == 4) {
    return with_fraction(seconds(n.value[2], n.value[0], n.value[1], n.value[3], n.value[4], n.value[5]), 6);
  }
  if (n.count >= 4 && n.digits[0] == 4) {  // glog
    return with_fraction(seconds(1970, n.value[0] / 100, n.value[0] % 100, n.value[1], n.value[2], n.value[3]), 4);
  }
  if (n.count >= 4 && (n.digits[0] == 6 || n.digits[0] == 8)) {  // 241029 18:48:02, 20240919 22:15:35
    const int date = n.value[0] + (n.digits[0] == 6 ? 20000000 : 0);
    return with_fraction(seconds(date / 10000, date / 100 % 100, date % 100, n.value[1], n.value[2], n.value[3]), 4);
  }
  return std::nullopt;
}

}  // namespace pharos
