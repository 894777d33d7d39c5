#include "gzip.hpp"

#include <zlib.h>

namespace hive::http {

Result<std::string> gzip(std::string_view text) {
  constexpr int kGzipWindow = 15 + 16;  // the largest window, and a gzip header in place of zlib's
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzipWindow, 9, Z_DEFAULT_STRATEGY) != Z_OK)
    return error(Code::internal, "zlib has no memory to compress " + std::to_string(text.size()) + " bytes");
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = uInt(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = uInt(out.size());
  const int status = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  out.shrink_to_fit();
  deflateEnd(&stream);
  if (status != Z_STREAM_END)
    return error(Code::internal, "zlib could not compress " + std::to_string(text.size()) + " bytes");
  return out;
}

}  // namespace hive::http
