#pragma once
#include <hive/sdk/fields.hpp>
#include <hive/sqlite/rows.hpp>

#include <algorithm>
#include <array>
#include <span>

/// A row is described once, beside its struct or beside the SQL that it is for:
///   constexpr auto columns(Of<Tally>) {
///     return sqlite::row(sqlite::column<&Tally::sender>("sender"), sqlite::column<&Tally::bytes>("bytes"));
///   }
/// The description makes the lists in a statement (`sql_for`), its parameters (`Database::run`) and its reading
/// (`Database::read`). A single number or text is a row of one column without a description.
namespace hive::sqlite {

/// One column of a described row. A plain table entry: one function walks it for all rows.
struct Column {
  std::string_view name;
  void (*write)(const void* row, const Parameters& to, int at);
  /// False: the cell holds something else, and `wanted` says what it should hold.
  bool (*read)(const Rows& rows, int at, void* row, std::string& wanted);
  std::string_view expression = {};  // stands for it in {columns}; empty: its name
  bool is_written = true;
  bool borrows = false;  // a view, of the row that was read last

  /// It is read, but is no parameter of what is written, like an id that the table gives.
  constexpr Column only_read() const {
    auto c = *this;
    c.is_written = false;
    return c;
  }
  /// What is read is no column of the table but `sql`.
  constexpr Column as(std::string_view sql) const {
    auto c = only_read();
    c.expression = sql;
    return c;
  }
};

/// How a member stands in its cell: a number, text, null for an optional one. An enum is its number. `write` sets the
/// parameter `at`; `read` gives false when the cell holds something else, and says in `wanted` what it should hold.
template <class T>
struct Cell;

template <class T>
concept Scalar = std::integral<T> || std::same_as<T, double> || std::same_as<T, Time> || std::same_as<T, std::string> ||
                 std::same_as<T, std::string_view>;

template <Scalar T>
struct Cell<T> {
  static void write(const T& value, const Parameters& to, int at) { to.set(at, value); }
  static bool read(const Rows& rows, int at, T& out, std::string& wanted) {
    if constexpr (std::integral<T> || std::same_as<T, Time>) {
      std::int64_t number = 0;
      if (!read_cell(rows, at, number, wanted)) return false;
      if constexpr (std::same_as<T, bool>)
        out = number != 0;
      else
        out = T(number);
      return true;
    } else {
      return read_cell(rows, at, out, wanted);
    }
  }
};

template <class E>
  requires std::is_enum_v<E>
struct Cell<E> {
  static void write(E value, const Parameters& to, int at) { to.set(at, std::int64_t(value)); }
  static bool read(const Rows& rows, int at, E& out, std::string& wanted) {
    std::int64_t number = 0;
    if (!read_cell(rows, at, number, wanted)) return false;
    for (const auto& [value, word] : names(Of<E>{}))
      if (std::int64_t(value) == number) return out = value, true;
    wanted = "a number that this program knows";
    return false;
  }
};

template <class T>
struct Cell<std::optional<T>> {
  static void write(const std::optional<T>& value, const Parameters& to, int at) {
    if (value) return Cell<T>::write(*value, to, at);
    to.set(at, nullptr);
  }
  static bool read(const Rows& rows, int at, std::optional<T>& out, std::string& wanted) {
    if (rows.is_null(at)) return out.reset(), true;
    return Cell<T>::read(rows, at, out.emplace(), wanted);
  }
};

/// An enum by the word that it has in JSON, or an optional one.
template <class E>
struct WordCell {
  /// Sets the parameter `at` to the word; to null when `value` has none.
  static void write(E value, const Parameters& to, int at) {
    for (const auto& [known, word] : names(Of<E>{}))
      if (known == value) to.set(at, word);
  }
  /// False: the cell holds no word of the enum, and `wanted` says what it should hold.
  static bool read(const Rows& rows, int at, E& out, std::string& wanted) {
    std::string_view text;
    if (!read_cell(rows, at, text, wanted)) return false;
    for (const auto& [known, word] : names(Of<E>{}))
      if (word == text) return out = known, true;
    wanted = "a word that this program knows";
    return false;
  }
};
template <class E>
struct WordCell<std::optional<E>> {
  static void write(const std::optional<E>& value, const Parameters& to, int at) {
    if (value) return WordCell<E>::write(*value, to, at);
    to.set(at, nullptr);
  }
  static bool read(const Rows& rows, int at, std::optional<E>& out, std::string& wanted) {
    if (rows.is_null(at)) return out.reset(), true;
    return WordCell<E>::read(rows, at, out.emplace(), wanted);
  }
};

namespace detail {

template <class P>
struct Member;
template <class S, class M>
struct Member<M S::*> {
  using Struct = S;
};

template <auto First, auto... Rest>
constexpr auto& member(auto& object) {
  if constexpr (sizeof...(Rest) == 0)
    return object.*First;
  else
    return member<Rest...>(object.*First);
}

template <template <class> class CellOf, auto First, auto... Rest>
struct Access {
  using Struct = typename Member<decltype(First)>::Struct;
  using Type = std::remove_reference_t<decltype(member<First, Rest...>(std::declval<Struct&>()))>;
  static void write(const void* row, const Parameters& to, int at) {
    CellOf<Type>::write(member<First, Rest...>(*static_cast<const Struct*>(row)), to, at);
  }
  static bool read(const Rows& rows, int at, void* row, std::string& wanted) {
    return CellOf<Type>::read(rows, at, member<First, Rest...>(*static_cast<Struct*>(row)), wanted);
  }
};

template <class T>
struct Whole {
  using Type = T;
  static void write(const void* row, const Parameters& to, int at) {
    Cell<T>::write(*static_cast<const T*>(row), to, at);
  }
  static bool read(const Rows& rows, int at, void* row, std::string& wanted) {
    return Cell<T>::read(rows, at, *static_cast<T*>(row), wanted);
  }
};

template <class A>
consteval Column column_by(std::string_view name) {
  using T = typename A::Type;
  constexpr bool kBorrows = std::same_as<T, std::string_view> || std::same_as<T, std::optional<std::string_view>>;
  return {.name = name, .write = &A::write, .read = &A::read, .borrows = kBorrows};
}

}  // namespace detail

/// A column of the table and the member that it is read into and written from. `Path`: a member of the row, or one of a
/// struct in it: `column<&Row::usage, &Usage::output>("output")`.
template <auto... Path>
consteval Column column(std::string_view name) {
  return detail::column_by<detail::Access<Cell, Path...>>(name);
}
/// The same of an enum that is stored as its word.
template <auto... Path>
consteval Column as_word(std::string_view name) {
  return detail::column_by<detail::Access<WordCell, Path...>>(name);
}

/// The columns, in the order in which statements name them. The first one tells which row it is.
template <class... C>
consteval std::array<Column, sizeof...(C)> row(C... c) {
  return {c...};
}

template <class Row>
inline constexpr auto kColumns = columns(Of<Row>{});
template <Scalar T>
inline constexpr auto kColumns<T> = row(detail::column_by<detail::Whole<T>>("value"));

/// A statement's text, made when it is compiled.
template <std::size_t N>
struct Text {
  std::array<char, N> bytes{};
  std::size_t size = 0;

  /// Appends `part`, which has to fit.
  constexpr void add(std::string_view part) {
    std::copy(part.begin(), part.end(), bytes.begin() + std::ptrdiff_t(size));
    size += part.size();
  }
  constexpr operator std::string_view() const { return {bytes.data(), size}; }
};

namespace detail {

/// Of two lists, with what separates their parts.
constexpr std::size_t list_bytes(std::span<const Column> columns) {
  std::size_t bytes = 0;
  for (const auto& column : columns) bytes += 2 * (column.name.size() + column.expression.size() + 3);
  return bytes;
}
constexpr std::string_view list_part(const Column& column, char list) {
  if (list == 'c') return column.expression.empty() ? column.name : column.expression;
  return list == 'n' ? column.name : "?";
}

}  // namespace detail

/// `text` with the lists of a described row, two of them at most: `{columns}` is what is read of it, `{names}` the
/// columns that are written and `{values}` a parameter for each of these.
///   sql_for<Tally>("INSERT INTO tallies ({names}) VALUES ({values})")
template <class Row, std::size_t N>
consteval auto sql_for(const char (&text)[N]) {
  Text<N + detail::list_bytes(kColumns<Row>)> out;
  std::string_view rest(text, N - 1);
  for (auto open = rest.find('{'); open != rest.npos; open = rest.find('{')) {
    out.add(rest.substr(0, open));
    std::string_view comma;
    for (const auto& column : kColumns<Row>) {
      if (rest[open + 1] != 'c' && !column.is_written) continue;
      out.add(comma), out.add(detail::list_part(column, rest[open + 1]));
      comma = ", ";
    }
    rest.remove_prefix(rest.find('}') + 1);
  }
  out.add(rest);
  return out;
}

template <class Row>
std::optional<Row> RowsOf<Row>::next() {
  std::optional<Row> row;
  while (rows_.next())
    if (rows_.read(kColumns<Row>, &row.emplace())) return row;
  row.reset();
  return row;
}

/// Whether a row outlives the statement that gave it.
template <class Row>
inline constexpr bool kOwns = std::ranges::none_of(kColumns<Row>, &Column::borrows);

template <class Row>
Result<std::vector<Row>> RowsOf<Row>::all() {
  static_assert(kOwns<Row>);
  std::vector<Row> found;
  while (auto row = next()) found.push_back(std::move(*row));
  if (!status()) return status().error();
  return found;
}

}  // namespace hive::sqlite
