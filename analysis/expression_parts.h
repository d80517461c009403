/* What reading and evaluating a condition share. Nobody else includes this. */
#ifndef ORCHID_ANALYSIS_EXPRESSION_PARTS_H
#define ORCHID_ANALYSIS_EXPRESSION_PARTS_H

#include "expression.h"

typedef enum NodeKind {
    NODE_NUMBER,
    NODE_TEXT,
    NODE_NAME,
    NODE_WORD, /* not a name: perhaps a text that a name may have, which the comparison finds out */
    NODE_NEGATE,
    NODE_ADD,
    NODE_SUBTRACT,
    NODE_MULTIPLY,
    NODE_DIVIDE,
    NODE_EQUAL,
    NODE_UNEQUAL,
    NODE_LESS,
    NODE_LESS_EQUAL,
    NODE_GREATER,
    NODE_GREATER_EQUAL,
    NODE_AND,
    NODE_OR,
    NODE_NOT
} NodeKind;

typedef enum ValueKind { VALUE_NUMBER, VALUE_TEXT, VALUE_CONDITION } ValueKind;

/* What a number measures, as powers of base units. A fraction is no plain number: 0.85 would be taken for 0.85 %. */
typedef struct Powers {
    int time, data, energy;
    bool fraction;
} Powers;

struct Expression {
    NodeKind kind;
    ValueKind value;
    Powers powers;     /* of a number */
    const char *place; /* in the text, where it begins */
    const Expression *left, *right;
    double number;    /* NODE_NUMBER */
    const char *text; /* NODE_TEXT, NODE_WORD */
    int name;         /* NODE_NAME */
};

#endif
