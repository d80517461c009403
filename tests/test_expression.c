#include "../analysis/expression.h"
#include "check.h"

#include <math.h>
#include <string.h>

enum { NAME_COUNT = 6 };

static const char *const policies[] = {"greedy", "q-learning", "device-only"};
static const char *const offers[] = {"[d0]", "[d0, d4]", "all variants"};

static const ExpressionName names[NAME_COUNT] = {
    {.name = "nodes.device.count", .dimension = DIMENSION_COUNT},
    {.name = "objective.threshold", .dimension = DIMENSION_FRACTION},
    {.name = "links.device-edge.delay", .dimension = DIMENSION_TIME},
    {.name = "links.device-edge.bandwidth", .dimension = DIMENSION_BANDWIDTH},
    {.name = "policy", .is_text = true, .word_count = 3, .words = policies},
    {.name = "options.end", .is_text = true, .word_count = 3, .words = offers},
};

/* Three devices, 85 %, 20 ms, 50 Mbit/s, q-learning, all variants. */
static const ExpressionValue values[NAME_COUNT] = {{.number = 3},    {.number = 0.85},       {.number = 0.020},
                                                   {.number = 50e6}, {.text = "q-learning"}, {.text = "all variants"}};

/* 1 or 0 as it holds, -1 where it is refused; the reason is printed. */
static int holds(const char *text)
{
    Arena arena = {0};
    Error error = {0};
    const Expression *expression = expression_parse(&arena, text, names, NAME_COUNT, &error);
    int result = expression ? expression_holds(expression, values) : -1;
    if (!expression)
        fprintf(stderr, "%s: column %d: %s\n", text, error.column, error.message);
    arena_free(&arena);
    return result;
}

/* The condition is refused at that character with that message. */
static void check_refused(const char *text, int column, const char *message)
{
    Arena arena = {0};
    Error error = {0};
    CHECK(expression_parse(&arena, text, names, NAME_COUNT, &error) == NULL);
    CHECK_TEXT(error.message, message);
    CHECK_INT(error.column, column);
    arena_free(&arena);
}

static void numbers_compare_with_their_units(void)
{
    CHECK_INT(holds("nodes.device.count == 3"), 1);
    CHECK_INT(holds("nodes.device.count != 3"), 0);
    CHECK_INT(holds("nodes.device.count < 3.5"), 1);
    CHECK_INT(holds("3 >= nodes.device.count"), 1);
    CHECK_INT(holds("3 > nodes.device.count"), 0);
    CHECK_INT(holds("objective.threshold == 85 %"), 1);
    CHECK_INT(holds("objective.threshold<85%"), 0);
    CHECK_INT(holds("links.device-edge.delay == 20 ms"), 1);
    CHECK_INT(holds("links.device-edge.delay == 20000us"), 1);
    CHECK_INT(holds("links.device-edge.delay <= 0.02 s"), 1);
    CHECK_INT(holds("links.device-edge.bandwidth == 6.25 MB/s"), 1);
    CHECK_INT(holds("2e1 ms == 20 ms"), 1);
}

static void texts_compare_in_quotes_or_bare(void)
{
    CHECK_INT(holds("policy == q-learning"), 1);
    CHECK_INT(holds("policy != 'q-learning'"), 0);
    CHECK_INT(holds("\"greedy\" == policy"), 0);
    CHECK_INT(holds("greedy != policy"), 1);
    CHECK_INT(holds("options.end == 'all variants'"), 1);
    CHECK_INT(holds("options.end == \"[d0, d4]\""), 0);
    CHECK_INT(holds("'a' == 'a'"), 1);
}

/* Every combination of truth of three conditions against C. */
static void and_or_not_bind_as_in_logic(void)
{
    for (int bits = 0; bits < 8; bits++) {
        bool a = (bits & 1) != 0, b = (bits & 2) != 0, c = (bits & 4) != 0;
        char text[200];
        const char *const truth[] = {"1 == 2", "1 == 1"};
        snprintf(text, sizeof text, "%s or %s and not %s", truth[a], truth[b], truth[c]);
        CHECK_INT(holds(text), a || (b && !c));
        snprintf(text, sizeof text, "(%s or %s) and %s", truth[a], truth[b], truth[c]);
        CHECK_INT(holds(text), (a || b) && c);
        snprintf(text, sizeof text, "not (%s and %s) or not not %s", truth[a], truth[b], truth[c]);
        CHECK_INT(holds(text), !(a && b) || c);
    }
}

static void arithmetic_follows_precedence(void)
{
    CHECK_INT(holds("2 + 3 * 4 == 14"), 1);
    CHECK_INT(holds("(2 + 3) * 4 == 20"), 1);
    CHECK_INT(holds("10 - 4 - 3 == 3"), 1);
    CHECK_INT(holds("16 / 4 / 2 == 2"), 1);
    CHECK_INT(holds("-nodes.device.count + 5 == 2"), 1);
    CHECK_INT(holds("2 - -3 == 5"), 1);
    CHECK_INT(holds("0.1 + 0.2 == 0.3"), 1);
    CHECK_INT(holds("0.1 + 0.2 > 0.3"), 0);
    CHECK_INT(holds("1 / 0 > 5"), 1);
    CHECK_INT(holds("0 / 0 == 0"), 0);
    CHECK_INT(holds("0 / 0 <= 0"), 0);
}

static void arithmetic_follows_dimensions(void)
{
    CHECK_INT(holds("2 * links.device-edge.delay == 40 ms"), 1);
    CHECK_INT(holds("links.device-edge.delay / 10 ms == 2"), 1);
    CHECK_INT(holds("links.device-edge.delay * links.device-edge.bandwidth == 125 kB"), 1);
    CHECK_INT(holds("150 kB / links.device-edge.bandwidth < 25 ms"), 1);
    CHECK_INT(holds("3 W * 2 s == 6 J"), 1);
    CHECK_INT(holds("1 / 10 ms == 100 /s"), 1);
    CHECK_INT(holds("2 * 40 % == 80 %"), 1);
    CHECK_INT(holds("objective.threshold / 17 % == 5"), 1);
    CHECK_INT(holds("50 % * links.device-edge.delay == 10 ms"), 1);
    CHECK_INT(holds("40 % * 50 % == 20 %"), 1);
    CHECK_INT(holds("20 ms/2 == 10 ms"), 1);
    check_refused("objective.threshold < 0.85", 21, "a fraction and a plain number do not go together");
    check_refused("links.device-edge.delay + 3 > 5 ms", 25, "time and a plain number do not go together");
    check_refused("2 ms * 3 ms > 1 s", 13, "a product of quantities and time do not go together");
}

static void mistakes_are_placed(void)
{
    check_refused("", 1, "expected a value before the end");
    check_refused("nodes.device.count <=", 22, "expected a value before the end");
    check_refused("nodes.device.count <= and 1 == 1", 23, "expected a value before 'and'");
    check_refused("(1 == 1", 8, "expected ) before the end");
    check_refused("1 == 1)", 7, "expected an operator before ')'");
    check_refused("nodes.device.count = 3", 20, "equality is written ==");
    check_refused("1 == 1 && 2 == 2", 8, "write and instead of &&");
    check_refused("1 == 1 || 2 == 2", 8, "write or instead of ||");
    check_refused("1 <= nodes.device.count <= 3", 25, "comparisons do not chain: write a <= b and b <= c");
    check_refused("nodes.device.count", 1, "this is no condition: compare it, as in a == b");
    check_refused("not nodes.device.count", 5, "expected a condition behind not, and this is a number");
    check_refused("policy and 1 == 1", 1, "expected a condition such as a == b, and this is a text");
    check_refused("policy < greedy", 8, "texts have no order: use == or !=");
    check_refused("policy == 3", 8, "a text and a number do not compare");
    check_refused("(1 == 1) == (2 == 2)", 10, "conditions do not compare: join them with and, or");
    check_refused("policy + 1 == 2", 1, "expected a number before +, and this is a text");
    check_refused("'abc == policy", 1, "this quote has no end");
    check_refused("1 == 1 @", 8, "expected an operator before '@'");
    check_refused("'\xc3\xa4' == 'a' \xc3\xb6", 12, "expected an operator before '\xc3\xb6'");
    check_refused("links.device-edge.delay < 5 sec", 29, "'sec' is an unknown unit");
    check_refused("1.2.3 == 1", 1, "'1.2.3' is not a number");
}

static void unknown_words_are_refused_with_a_guess(void)
{
    check_refused("nodes.devise.count == 3", 1,
                  "nothing is called 'nodes.devise.count' here; did you mean 'nodes.device.count'?");
    check_refused("policy == gready", 11, "policy is never 'gready'; did you mean 'greedy'?");
    check_refused("polcy == greedy", 1, "nothing is called 'polcy' here; did you mean 'policy'?");
    check_refused("nodes.device.count == three", 23, "nothing is called 'three' here; a text needs quotes");
    check_refused("3 == x-y", 6, "nothing is called 'x-y' here; a minus needs spaces, a text needs quotes");
    check_refused("unheard", 1, "nothing is called 'unheard' here; a text needs quotes");
}

static void depth_and_length_are_limited(void)
{
    char deep[400] = "";
    for (int i = 0; i < 100; i++)
        strcat(deep, "(");
    check_refused(deep, 66, "nested deeper than 64 levels");
    for (size_t i = 0; i < 100; i++)
        memcpy(deep + 3 * i, "not", 3);
    check_refused(deep, 1,
                  "nothing is called 'notnotnotnotnotnotnotnotnotnotnotnotnotnotnotnotnotnotnotnot' here; a text needs "
                  "quotes");
    char good[400] = "";
    for (int i = 0; i < 60; i++)
        strcat(good, "(");
    strcat(good, "1 == 1");
    for (int i = 0; i < 60; i++)
        strcat(good, ")");
    CHECK_INT(holds(good), 1);
    char minus[400] = "1 == ";
    for (int i = 0; i < 100; i++)
        strcat(minus, "- ");
    check_refused(minus, 135, "nested deeper than 64 levels");
    static char longest[20000];
    memset(longest, ' ', sizeof longest - 1);
    check_refused(longest, 1, "longer than 10000 characters");
    static char chain[9000] = "1";
    for (size_t i = 1; i + 2 < 8000; i += 2)
        memcpy(chain + i, "+1", 3);
    strcat(chain, " > 0");
    CHECK_INT(holds(chain), 1);
}

/* Cuts and changes of a good condition end with an answer or a finding, never otherwise. */
static void damaged_conditions_are_survived(void)
{
    const char good[] =
        "not (nodes.device.count <= 2*3 and policy == 'greedy') or objective.threshold < 85 % - 1.5e1 %";
    const char signs[] = "()'\"-+*/=<>!%. a0\x80";
    char text[sizeof good];
    Arena arena = {0};
    int refused = 0;
    for (size_t i = 0; i < sizeof good - 1; i++)
        for (size_t s = 0; s < sizeof signs; s++) {
            Error error = {0};
            memcpy(text, good, sizeof good);
            text[i] = signs[s]; /* the last is the end */
            const Expression *expression = expression_parse(&arena, text, names, NAME_COUNT, &error);
            if (expression)
                expression_holds(expression, values);
            else
                CHECK(error.message[0] && error.column >= 1 && error.column <= (int)sizeof good);
            refused += expression == NULL;
        }
    CHECK(refused > 1000);
    arena_free(&arena);
}

static void quantities_of_any_dimension_are_read(void)
{
    double number;
    Dimension dimension;
    CHECK(expression_number("85 %", &number, &dimension) && dimension == DIMENSION_FRACTION);
    CHECK_NEAR(number, 0.85, 0);
    CHECK(expression_number("3", &number, &dimension) && dimension == DIMENSION_COUNT);
    CHECK(expression_number("4 GiB", &number, &dimension) && dimension == DIMENSION_DATA);
    CHECK(expression_number("10 /s", &number, &dimension) && dimension == DIMENSION_RATE);
    CHECK(!expression_number("d0", &number, &dimension));
    CHECK(!expression_number("3 apples", &number, &dimension));
}

int main(void)
{
    const Check checks[] = {
        {"numbers_compare_with_their_units", numbers_compare_with_their_units},
        {"texts_compare_in_quotes_or_bare", texts_compare_in_quotes_or_bare},
        {"and_or_not_bind_as_in_logic", and_or_not_bind_as_in_logic},
        {"arithmetic_follows_precedence", arithmetic_follows_precedence},
        {"arithmetic_follows_dimensions", arithmetic_follows_dimensions},
        {"mistakes_are_placed", mistakes_are_placed},
        {"unknown_words_are_refused_with_a_guess", unknown_words_are_refused_with_a_guess},
        {"depth_and_length_are_limited", depth_and_length_are_limited},
        {"damaged_conditions_are_survived", damaged_conditions_are_survived},
        {"quantities_of_any_dimension_are_read", quantities_of_any_dimension_are_read},
    };
    return check_run("expression", checks, sizeof checks / sizeof checks[0]);
}
