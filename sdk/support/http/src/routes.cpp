#include <hive/http/routes.hpp>

#include <algorithm>

#include "text.hpp"

namespace hive::http {
namespace {

/// The segments after the first slash.
std::vector<std::string_view> segments_of(std::string_view path) {
  path.remove_prefix(path.empty() ? 0 : 1);
  return split(path, '/');
}

}  // namespace

Result<std::vector<Routes::Segment>> Routes::parse(std::string_view pattern) {
  const auto bad = [&](std::string_view why) {
    return error(Code::invalid_params, "the route " + std::string(pattern) + " " + std::string(why));
  };
  if (!pattern.starts_with('/')) return bad("does not begin with a slash");
  std::vector<Segment> segments;
  for (const auto text : segments_of(pattern)) {
    if (!segments.empty() && segments.back().kind == Segment::Kind::rest)
      return bad("goes on after its starred parameter");
    if (!text.starts_with('{')) {
      if (text.find_first_of("{}*%") != std::string_view::npos)
        return bad("has a parameter that is not a whole segment");
      segments.push_back({Segment::Kind::literal, std::string(text)});
      continue;
    }
    if (!text.ends_with('}')) return bad("has a parameter without its closing brace");
    auto name = text.substr(1, text.size() - 2);
    const bool rest = name.ends_with('*');
    if (rest) name.remove_suffix(1);
    if (!is_token(name) || name.find('*') != std::string_view::npos) return bad("has a parameter without a name");
    segments.push_back({rest ? Segment::Kind::rest : Segment::Kind::one, std::string(name)});
  }
  return segments;
}

/// Orders routes so that the first that fits is the most literal, and tells doubles.
std::string Routes::shape_of(const Route& route) {
  std::string shape;
  for (const auto& segment : route.segments)
    (shape += char('0' + int(segment.kind))) += segment.kind == Segment::Kind::literal ? segment.text + '/' : "/";
  return shape += name_of(route.verb);
}

Routes& Routes::on(Verb verb, std::string_view pattern, Handler handler) {
  auto segments = parse(pattern);
  if (!segments) {
    if (refused_) refused_ = segments.error();
    return *this;
  }
  Route route{verb, std::move(*segments), std::move(handler)};
  const auto shape = shape_of(route);
  const auto at = std::find_if(routes_.begin(), routes_.end(), [&](const Route& r) { return shape_of(r) >= shape; });
  if (at != routes_.end() && shape_of(*at) == shape) {
    if (refused_) refused_ = error(Code::invalid_params, "the route " + std::string(pattern) + " is there twice");
    return *this;
  }
  routes_.insert(at, std::move(route));
  return *this;
}

bool Routes::fits(const Route& route, const std::vector<std::string_view>& path, std::vector<Parameter>* parameters) {
  for (std::size_t i = 0; i < route.segments.size(); ++i) {
    const auto& [kind, text] = route.segments[i];
    if (i >= path.size()) return false;
    if (kind == Segment::Kind::literal && path[i] != text) return false;
    if (kind != Segment::Kind::literal && path[i].empty()) return false;
    if (kind == Segment::Kind::literal) continue;
    const bool rest = kind == Segment::Kind::rest;
    std::string value(path[i]);
    for (std::size_t more = i + 1; rest && more < path.size(); ++more) (value += '/') += path[more];
    if (parameters != nullptr) parameters->push_back({text, std::move(value)});
    if (rest) return true;
  }
  return route.segments.size() == path.size();
}

Routes::Match Routes::match(Verb verb, std::string_view path) const {
  const auto segments = segments_of(path);
  Match found;
  std::vector<Verb> verbs;
  for (const auto& route : routes_) {
    if (!fits(route, segments, nullptr)) continue;
    if (std::find(verbs.begin(), verbs.end(), route.verb) == verbs.end()) verbs.push_back(route.verb);
    if (route.verb != verb || found.handler != nullptr) continue;
    found.handler = &route.handler;
    fits(route, segments, &found.parameters);
  }
  std::sort(verbs.begin(), verbs.end());
  for (const auto allowed : verbs) {
    (found.allow += found.allow.empty() ? "" : ", ") += name_of(allowed);
    if (allowed == Verb::get) found.allow += ", HEAD";
  }
  if (!verbs.empty()) found.allow += ", OPTIONS";
  return found;
}

Status Routes::check() const {
  return refused_;
}

}  // namespace hive::http
