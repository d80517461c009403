#include "expression_parts.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const double EQUALITY_TOLERANCE = 1e-12;

static double number_of(const Expression *node, const ExpressionValue *values)
{
    switch (node->kind) {
    case NODE_NUMBER:
        return node->number;
    case NODE_NAME:
        return node->number * values[node->name].number;
    case NODE_NEGATE:
        return -number_of(node->left, values);
    case NODE_ADD:
        return number_of(node->left, values) + number_of(node->right, values);
    case NODE_SUBTRACT:
        return number_of(node->left, values) - number_of(node->right, values);
    case NODE_MULTIPLY:
        return number_of(node->left, values) * number_of(node->right, values);
    case NODE_DIVIDE:
        return number_of(node->left, values) / number_of(node->right, values);
    case NODE_TEXT:
    case NODE_WORD:
    case NODE_EQUAL:
    case NODE_UNEQUAL:
    case NODE_LESS:
    case NODE_LESS_EQUAL:
    case NODE_GREATER:
    case NODE_GREATER_EQUAL:
    case NODE_AND:
    case NODE_OR:
    case NODE_NOT:
        break;
    }
    assert(false);
    return NAN;
}

static const char *text_of(const Expression *node, const ExpressionValue *values)
{
    return node->kind == NODE_NAME ? values[node->name].text : node->text;
}

/* -1, 0 or 1 as the left side is below, at or above the right one; 2 where they cannot be told. */
static int compare(const Expression *node, const ExpressionValue *values)
{
    if (node->left->value == VALUE_TEXT)
        return strcmp(text_of(node->left, values), text_of(node->right, values)) != 0;
    double left = number_of(node->left, values), right = number_of(node->right, values);
    if (left == right)
        return 0;
    if (isfinite(left) && isfinite(right) && fabs(left - right) <= EQUALITY_TOLERANCE * fmax(fabs(left), fabs(right)))
        return 0;
    return left < right ? -1 : left > right ? 1 : 2;
}

bool expression_holds(const Expression *expression, const ExpressionValue *values)
{
    const Expression *left = expression->left, *right = expression->right;
    switch (expression->kind) {
    case NODE_AND:
        return expression_holds(left, values) && expression_holds(right, values);
    case NODE_OR:
        return expression_holds(left, values) || expression_holds(right, values);
    case NODE_NOT:
        return !expression_holds(left, values);
    case NODE_EQUAL:
        return compare(expression, values) == 0;
    case NODE_UNEQUAL:
        return compare(expression, values) != 0;
    case NODE_LESS:
        return compare(expression, values) == -1;
    case NODE_LESS_EQUAL:
        return compare(expression, values) <= 0;
    case NODE_GREATER:
        return compare(expression, values) == 1;
    case NODE_GREATER_EQUAL:
        return compare(expression, values) == 0 || compare(expression, values) == 1;
    case NODE_NUMBER:
    case NODE_TEXT:
    case NODE_NAME:
    case NODE_WORD:
    case NODE_NEGATE:
    case NODE_ADD:
    case NODE_SUBTRACT:
    case NODE_MULTIPLY:
    case NODE_DIVIDE:
        break;
    }
    assert(false);
    return false;
}

bool expression_number(const char *text, double *ret_number, Dimension *ret_dimension)
{
    char why[160];
    for (int i = 0; i < DIMENSION_COUNT_; i++)
        if (quantity_parse(text, (Dimension)i, ret_number, why, sizeof why)) {
            *ret_dimension = (Dimension)i;
            return true;
        }
    return false;
}
