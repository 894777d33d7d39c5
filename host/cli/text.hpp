#pragma once
#include <hive/sdk/time.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Words for terminals. Everything is [any-thread].
namespace hive::host::cli {

/// Whether line breaks of somebody's text stay.
enum class Lines { keep, join };

/// `text` with every character that cannot be seen, joiners of scripts and emoji aside, and every byte that is no
/// character shown as a sign, so that what an agent wrote cannot act on the operator's terminal or hide there.
std::string visible(std::string_view text, Lines lines);

/// Rows under a title row, columns aligned by what a terminal shows. Empty columns are left out; the
/// last column is cut at `width` when that is not 0.
std::string table(std::span<const std::string> titles, std::span<const std::vector<std::string>> rows,
                  std::size_t width);

/// "12s", "5m", "3h", "8d" between two moments; "now" below a second and for what lies ahead.
std::string ago(Time then, Time now);

/// `15:04:05` in local time, with the date in front when that is not today's.
std::string clock_text(Time moment, Time now);

/// Characters that a terminal shows of `text`, which is UTF-8; wide ones count as one.
std::size_t shown_length(std::string_view text);

/// `words` with `between` between each two of them.
std::string joined(const auto& words, std::string_view between = ", ") {
  std::string out;
  for (const auto& word : words) {
    if (!out.empty()) out += between;
    out += word;
  }
  return out;
}

/// Columns of the terminal that stdout is; 0 when it is none.
std::size_t terminal_width();

}  // namespace hive::host::cli
