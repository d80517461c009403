#include "expression_parts.h"

#include <stdarg.h>
#include <string.h>

enum { TOKEN_SIZE = 128, TOKEN_LIMIT = 60, WORD_LIMIT = 256, LENGTH_LIMIT = 10000 };

typedef struct Parser {
    Arena *arena;
    const char *text, *next;
    const ExpressionName *names;
    int name_count, depth;
    Error *error;
    bool failed;
} Parser;

static const Powers powers_of[DIMENSION_COUNT_] = {
    [DIMENSION_TIME] = {.time = 1},
    [DIMENSION_DATA] = {.data = 1},
    [DIMENSION_BANDWIDTH] = {.time = -1, .data = 1},
    [DIMENSION_POWER] = {.time = -1, .energy = 1},
    [DIMENSION_ENERGY] = {.energy = 1},
    [DIMENSION_FRACTION] = {.fraction = true},
    [DIMENSION_RATE] = {.time = -1},
};

/* What makes base units fit each other: bandwidth is in bits, data in bytes. */
static double scale_of(Dimension dimension)
{
    return dimension == DIMENSION_BANDWIDTH ? 0.125 : 1;
}

static bool same_powers(Powers a, Powers b)
{
    return a.time == b.time && a.data == b.data && a.energy == b.energy && a.fraction == b.fraction;
}

static const char *powers_name(Powers powers)
{
    for (int i = 0; i < DIMENSION_COUNT_; i++)
        if (same_powers(powers, powers_of[i]))
            return dimension_name((Dimension)i);
    return "a product of quantities";
}

static void fail(Parser *parser, const char *place, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The first finding counts. */
static void fail(Parser *parser, const char *place, const char *format, ...)
{
    if (parser->failed)
        return;
    parser->failed = true;
    int column = 1;
    for (const char *c = parser->text; c < place; c++)
        column += ((unsigned char)*c & 0xc0) != 0x80;
    char message[ERROR_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    error_set(parser->error, NULL, 1, column, "%s", message);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || ((unsigned char)c & 0x80) != 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name_character(char c)
{
    return is_letter(c) || is_digit(c) || c == '.' || c == '[' || c == ']';
}

static void skip_spaces(Parser *parser)
{
    parser->next += strspn(parser->next, " \t\r\n");
}

/* The length of the word at `text`, 0 where there is none; '-' belongs to it between two of its characters. */
static size_t word_length(const char *text)
{
    size_t length = 0;
    if (!is_letter(*text))
        return 0;
    while (is_name_character(text[length]) || (text[length] == '-' && is_name_character(text[length + 1])))
        length++;
    return length;
}

/* Whether the next token is `word`; then it is taken. */
static bool take_word(Parser *parser, const char *word)
{
    skip_spaces(parser);
    size_t length = strlen(word);
    if (word_length(parser->next) != length || strncmp(parser->next, word, length) != 0)
        return false;
    parser->next += length;
    return true;
}

static bool take_sign(Parser *parser, const char *sign)
{
    skip_spaces(parser);
    size_t length = strlen(sign);
    if (strncmp(parser->next, sign, length) != 0)
        return false;
    parser->next += length;
    return true;
}

/* The next token as it may stand in a message. */
static const char *next_token(Parser *parser)
{
    skip_spaces(parser);
    size_t length = word_length(parser->next);
    if (!*parser->next)
        return "the end";
    if (length == 0)
        for (length = 1; ((unsigned char)parser->next[length] & 0xc0) == 0x80;)
            length++;
    return arena_format(parser->arena, "'%.*s'", (int)(length < TOKEN_LIMIT ? length : TOKEN_LIMIT), parser->next);
}

static Expression *make(Parser *parser, NodeKind kind, ValueKind value, const char *place)
{
    Expression *node = arena_allocate(parser->arena, 1, sizeof *node);
    *node = (Expression){.kind = kind, .value = value, .place = place};
    return node;
}

/* Refuses a word that is no name. */
static void unknown_name(Parser *parser, const Expression *word)
{
    const char *names[WORD_LIMIT];
    int count = 0;
    for (; count < parser->name_count && count < WORD_LIMIT; count++)
        names[count] = parser->names[count].name;
    const char *nearest = error_nearest(word->text, names, count);
    if (nearest)
        fail(parser, word->place, "nothing is called '%.60s' here; did you mean '%s'?", word->text, nearest);
    else if (strchr(word->text, '-'))
        fail(parser, word->place, "nothing is called '%.60s' here; a minus needs spaces, a text needs quotes",
             word->text);
    else
        fail(parser, word->place, "nothing is called '%.60s' here; a text needs quotes", word->text);
}

/* Demands a value of the kind, which `what` names. */
static void demand(Parser *parser, const Expression *node, ValueKind value, const char *what)
{
    if (node->kind == NODE_WORD)
        unknown_name(parser, node);
    else if (node->value != value)
        fail(parser, node->place, "expected %s, and this is a %s", what,
             node->value == VALUE_NUMBER ? "number"
             : node->value == VALUE_TEXT ? "text"
                                         : "condition");
}

static const Expression *parse_or(Parser *parser);

/* How many characters at `text` are a unit, spaces before it included; 0 where it is none. */
static size_t unit_length(const char *number, size_t number_length, const char *text)
{
    size_t spaces = strspn(text, " \t"), length = spaces;
    while (is_letter(text[length]) || text[length] == '/' || text[length] == '%')
        length++;
    for (; length > spaces; length--) {
        char quantity[TOKEN_SIZE];
        double value;
        Dimension dimension;
        bool whole = !is_name_character(text[length]) || text[length - 1] == '%';
        snprintf(quantity, sizeof quantity, "%.*s%.*s", (int)number_length, number, (int)length, text);
        if (whole && number_length + length < sizeof quantity && expression_number(quantity, &value, &dimension))
            return length;
    }
    return 0;
}

/* The length of the digits at `text`, with point and exponent. */
static size_t number_length(const char *text)
{
    size_t length = strspn(text, "0123456789.");
    const char *exponent = text + length;
    if (*exponent != 'e' && *exponent != 'E')
        return length;
    size_t sign = exponent[1] == '-' || exponent[1] == '+' ? 1 : 0, digits = strspn(exponent + 1 + sign, "0123456789");
    return digits ? length + 1 + sign + digits : length;
}

static bool is_keyword(const char *word, size_t length)
{
    return (length == 3 && strncmp(word, "and", 3) == 0) || (length == 2 && strncmp(word, "or", 2) == 0);
}

static const Expression *parse_number(Parser *parser)
{
    Expression *node = make(parser, NODE_NUMBER, VALUE_NUMBER, parser->next);
    size_t digits = number_length(node->place), unit = unit_length(node->place, digits, node->place + digits);
    char text[TOKEN_SIZE];
    Dimension dimension = DIMENSION_COUNT;
    snprintf(text, sizeof text, "%.*s", (int)(digits + unit), node->place);
    if (digits + unit >= sizeof text || !expression_number(text, &node->number, &dimension))
        fail(parser, node->place, "'%.40s' is not a number", text);
    parser->next += digits + unit;
    skip_spaces(parser);
    size_t word = word_length(parser->next);
    if (unit == 0 && word > 0 && !is_keyword(parser->next, word))
        fail(parser, parser->next, "%s is an unknown unit", next_token(parser));
    node->number *= scale_of(dimension);
    node->powers = powers_of[dimension];
    return node;
}

static const Expression *parse_text(Parser *parser)
{
    Expression *node = make(parser, NODE_TEXT, VALUE_TEXT, parser->next);
    const char *end = strchr(parser->next + 1, *parser->next);
    if (!end) {
        fail(parser, parser->next, "this quote has no end");
        end = parser->next + 1 + strlen(parser->next + 1);
    }
    node->text = arena_string_n(parser->arena, parser->next + 1, (size_t)(end - parser->next - 1));
    parser->next = *end ? end + 1 : end;
    return node;
}

static const Expression *parse_name(Parser *parser)
{
    size_t length = word_length(parser->next);
    const char *word = arena_string_n(parser->arena, parser->next, length);
    Expression *node = make(parser, NODE_WORD, VALUE_TEXT, parser->next);
    node->text = word;
    parser->next += length;
    for (int i = 0; i < parser->name_count; i++) {
        const ExpressionName *name = &parser->names[i];
        if (strcmp(name->name, word) != 0)
            continue;
        node->kind = NODE_NAME;
        node->name = i;
        node->value = name->is_text ? VALUE_TEXT : VALUE_NUMBER;
        node->number = scale_of(name->dimension);
        node->powers = powers_of[name->dimension];
    }
    return node;
}

/* Goes one level down; false with a finding where that is too deep. */
static bool enter(Parser *parser)
{
    if (parser->depth++ < EXPRESSION_DEPTH_LIMIT)
        return true;
    fail(parser, parser->next, "nested deeper than %d levels", EXPRESSION_DEPTH_LIMIT);
    return false;
}

static const Expression *parse_primary(Parser *parser)
{
    skip_spaces(parser);
    const char *start = parser->next;
    if (is_digit(*start) || (*start == '.' && is_digit(start[1])))
        return parse_number(parser);
    if (*start == '"' || *start == '\'')
        return parse_text(parser);
    size_t word = word_length(start);
    if (word > 0 && !is_keyword(start, word))
        return parse_name(parser);
    if (!take_sign(parser, "(")) {
        fail(parser, start, "expected a value before %s", next_token(parser));
        return make(parser, NODE_NUMBER, VALUE_NUMBER, start);
    }
    const Expression *inner = enter(parser) ? parse_or(parser) : make(parser, NODE_NUMBER, VALUE_NUMBER, start);
    parser->depth--;
    if (!take_sign(parser, ")"))
        fail(parser, parser->next, "expected ) before %s", next_token(parser));
    return inner;
}

static const Expression *parse_unary(Parser *parser)
{
    skip_spaces(parser);
    const char *start = parser->next;
    if (!take_sign(parser, "-"))
        return parse_primary(parser);
    Expression *node = make(parser, NODE_NEGATE, VALUE_NUMBER, start);
    node->left = enter(parser) ? parse_unary(parser) : make(parser, NODE_NUMBER, VALUE_NUMBER, start);
    parser->depth--;
    demand(parser, node->left, VALUE_NUMBER, "a number behind -");
    node->powers = node->left->powers;
    return node;
}

/* What a product or a quotient (`sign` -1) of two numbers measures. */
static Powers combine(Powers left, Powers right, int sign)
{
    Powers powers = {left.time + sign * right.time, left.data + sign * right.data, left.energy + sign * right.energy,
                     false};
    bool plain = powers.time == 0 && powers.data == 0 && powers.energy == 0;
    powers.fraction = plain && (sign > 0 ? left.fraction || right.fraction : left.fraction && !right.fraction);
    return powers;
}

static const Expression *parse_product(Parser *parser)
{
    const Expression *left = parse_unary(parser);
    for (;;) {
        bool times = take_sign(parser, "*");
        if (parser->failed || (!times && !take_sign(parser, "/")))
            return left;
        Expression *node = make(parser, times ? NODE_MULTIPLY : NODE_DIVIDE, VALUE_NUMBER, left->place);
        node->left = left;
        node->right = parse_unary(parser);
        demand(parser, node->left, VALUE_NUMBER, times ? "a number before *" : "a number before /");
        demand(parser, node->right, VALUE_NUMBER, times ? "a number behind *" : "a number behind /");
        node->powers = combine(node->left->powers, node->right->powers, times ? 1 : -1);
        left = node;
    }
}

/* Demands that two numbers measure the same. */
static void demand_same(Parser *parser, const Expression *left, const Expression *right, const char *place)
{
    if (!same_powers(left->powers, right->powers))
        fail(parser, place, "%s and %s do not go together", powers_name(left->powers), powers_name(right->powers));
}

static const Expression *parse_sum(Parser *parser)
{
    const Expression *left = parse_product(parser);
    while (!parser->failed) {
        skip_spaces(parser);
        const char *place = parser->next;
        bool plus = take_sign(parser, "+");
        if (!plus && !take_sign(parser, "-"))
            break;
        Expression *node = make(parser, plus ? NODE_ADD : NODE_SUBTRACT, VALUE_NUMBER, left->place);
        node->left = left;
        node->right = parse_product(parser);
        demand(parser, node->left, VALUE_NUMBER, plus ? "a number before +" : "a number before -");
        demand(parser, node->right, VALUE_NUMBER, plus ? "a number behind +" : "a number behind -");
        demand_same(parser, node->left, node->right, place);
        node->powers = left->powers;
        left = node;
    }
    return left;
}

/* A bare word beside a name that is a text: it must be one that the name may have. */
static const Expression *settle_word(Parser *parser, const Expression *word, const Expression *other)
{
    if (word->kind != NODE_WORD || other->kind != NODE_NAME || other->value != VALUE_TEXT)
        return word;
    const ExpressionName *name = &parser->names[other->name];
    bool known = false;
    for (int i = 0; i < name->word_count && !known; i++)
        known = strcmp(name->words[i], word->text) == 0;
    const char *nearest = known ? NULL : error_nearest(word->text, name->words, name->word_count);
    if (!known)
        fail(parser, word->place, "%s is never '%.60s'%s%s%s", name->name, word->text,
             nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
    Expression *text = make(parser, NODE_TEXT, VALUE_TEXT, word->place);
    text->text = word->text;
    return text;
}

/* Checks the two sides of a comparison against each other. */
static void check_comparison(Parser *parser, Expression *node, const char *place)
{
    bool ordered = node->kind != NODE_EQUAL && node->kind != NODE_UNEQUAL;
    node->left = settle_word(parser, node->left, node->right);
    node->right = settle_word(parser, node->right, node->left);
    if (node->left->kind == NODE_WORD)
        unknown_name(parser, node->left);
    else if (node->right->kind == NODE_WORD)
        unknown_name(parser, node->right);
    else if (node->left->value == VALUE_CONDITION || node->right->value == VALUE_CONDITION)
        fail(parser, place, "conditions do not compare: join them with and, or");
    else if (node->left->value != node->right->value)
        fail(parser, place, "a text and a number do not compare");
    else if (node->left->value == VALUE_NUMBER)
        demand_same(parser, node->left, node->right, place);
    else if (ordered)
        fail(parser, place, "texts have no order: use == or !=");
}

/* Takes the sign of a comparison, or returns false. */
static bool take_comparison(Parser *parser, NodeKind *ret_kind)
{
    static const struct {
        const char *sign;
        NodeKind kind;
    } signs[] = {{"==", NODE_EQUAL},         {"!=", NODE_UNEQUAL}, {"<=", NODE_LESS_EQUAL},
                 {">=", NODE_GREATER_EQUAL}, {"<", NODE_LESS},     {">", NODE_GREATER}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (take_sign(parser, signs[i].sign)) {
            *ret_kind = signs[i].kind;
            return true;
        }
    return false;
}

static const Expression *parse_comparison(Parser *parser)
{
    const Expression *left = parse_sum(parser);
    skip_spaces(parser);
    const char *place = parser->next;
    NodeKind kind;
    if (parser->failed || !take_comparison(parser, &kind))
        return left;
    Expression *node = make(parser, kind, VALUE_CONDITION, left->place);
    node->left = left;
    node->right = parse_sum(parser);
    check_comparison(parser, node, place);
    skip_spaces(parser);
    place = parser->next;
    if (take_comparison(parser, &kind))
        fail(parser, place, "comparisons do not chain: write a <= b and b <= c");
    return node;
}

static const Expression *parse_not(Parser *parser)
{
    skip_spaces(parser);
    const char *start = parser->next;
    if (!take_word(parser, "not"))
        return parse_comparison(parser);
    Expression *node = make(parser, NODE_NOT, VALUE_CONDITION, start);
    node->left = enter(parser) ? parse_not(parser) : make(parser, NODE_NUMBER, VALUE_NUMBER, start);
    parser->depth--;
    demand(parser, node->left, VALUE_CONDITION, "a condition behind not");
    return node;
}

/* Conditions joined by `word`. */
static const Expression *parse_joined(Parser *parser, const char *word, NodeKind kind,
                                      const Expression *(*parse_part)(Parser *parser))
{
    const Expression *left = parse_part(parser);
    while (!parser->failed && take_word(parser, word)) {
        Expression *node = make(parser, kind, VALUE_CONDITION, left->place);
        node->left = left;
        node->right = parse_part(parser);
        demand(parser, node->left, VALUE_CONDITION, "a condition such as a == b");
        demand(parser, node->right, VALUE_CONDITION, "a condition such as a == b");
        left = node;
    }
    return left;
}

static const Expression *parse_and(Parser *parser)
{
    return parse_joined(parser, "and", NODE_AND, parse_not);
}

static const Expression *parse_or(Parser *parser)
{
    return parse_joined(parser, "or", NODE_OR, parse_and);
}

const Expression *expression_parse(Arena *arena, const char *text, const ExpressionName *names, int count, Error *error)
{
    Parser parser = {.arena = arena, .text = text, .next = text, .names = names, .name_count = count, .error = error};
    if (strlen(text) > LENGTH_LIMIT) {
        fail(&parser, text, "longer than %d characters", LENGTH_LIMIT);
        return NULL;
    }
    const Expression *root = parse_or(&parser);
    skip_spaces(&parser);
    if (strncmp(parser.next, "&&", 2) == 0 || strncmp(parser.next, "||", 2) == 0)
        fail(&parser, parser.next, "write %s instead of %.2s", *parser.next == '&' ? "and" : "or", parser.next);
    else if (*parser.next == '=')
        fail(&parser, parser.next, "equality is written ==");
    else if (*parser.next)
        fail(&parser, parser.next, "expected an operator before %s", next_token(&parser));
    if (root->kind == NODE_WORD)
        unknown_name(&parser, root);
    else if (root->value != VALUE_CONDITION)
        fail(&parser, root->place, "this is no condition: compare it, as in a == b");
    return parser.failed ? NULL : root;
}
