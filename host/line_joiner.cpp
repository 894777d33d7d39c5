#include "line_joiner.hpp"

#include <utility>

namespace hive::host {

LineJoiner::Line LineJoiner::end_with(std::string_view piece) {
  if (partial_.empty() && !too_long_) return {piece};
  keep(piece);
  ended_ = std::exchange(partial_, {});
  if (!std::exchange(too_long_, false)) return {ended_};
  return {.text = {}, .is_too_long = true, .id = std::string(std::exchange(skipped_, {}).found())};
}

void LineJoiner::keep(std::string_view piece) {
  ended_.clear();
  ended_.shrink_to_fit();  // an idle connection costs nothing
  if (!too_long_ && partial_.size() + piece.size() > most_) {
    too_long_ = true;
    skipped_.take(std::exchange(partial_, {}));
  }
  if (too_long_)
    skipped_.take(piece);
  else
    partial_ += piece;
}

}  // namespace hive::host
