/* Conditions over named values, such as `nodes.device.count <= 3 and (policy == greedy or objective.threshold < 85 %)`.
 *
 * Numbers carry units as in a scenario; +, -, * and / follow their dimensions, and only equal dimensions compare.
 * Comparisons are == != < <= > >=, joined by `and`, `or`, `not` and parentheses. Texts stand in quotes; beside == and
 * != a bare word is one of the texts that the named value may have. A name may hold '-': a minus needs spaces. */
#ifndef ORCHID_ANALYSIS_EXPRESSION_H
#define ORCHID_ANALYSIS_EXPRESSION_H

#include "../sim/error.h"
#include "../sim/memory.h"
#include "../sim/units.h"

/* Nested parentheses and operators. */
enum { EXPRESSION_DEPTH_LIMIT = 64 };

/* A value that conditions may name. */
typedef struct ExpressionName {
    const char *name;
    bool is_text;
    Dimension dimension;      /* of a number */
    int word_count;           /* texts: what it may be, so that a misspelt word is found */
    const char *const *words; /* [word_count] */
} ExpressionName;

/* What a name stands for in one evaluation. */
typedef struct ExpressionValue {
    double number;    /* in the base unit of the name's dimension */
    const char *text; /* where the name is a text */
} ExpressionValue;

/* A condition that was read; lives in an arena. */
typedef struct Expression Expression;

/* Reads a condition over `count` names, which must outlive it. NULL with one finding in `error`, whose column counts
 * the characters of `text` from 1. */
const Expression *expression_parse(Arena *arena, const char *text, const ExpressionName *names, int count,
                                   Error *error);

/* Whether the condition holds for values [count] of the names. Numbers that differ by less than 1e-12 of themselves are
 * equal, because most come from decimal texts. */
bool expression_holds(const Expression *expression, const ExpressionValue *values);

/* The number in a text with a unit of whatever dimension, such as "85 %"; false where it is none. */
bool expression_number(const char *text, double *ret_number, Dimension *ret_dimension);

#endif
