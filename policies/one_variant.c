#include "one_variant.h"

#include "choice.h"

const Field one_variant_fields[ONE_VARIANT_FIELDS] = {
    {.key = "variant",
     .kind = FIELD_TEXT,
     .offset = offsetof(OneVariant, name),
     .fallback = "",
     .help = "model variant that all run; default the most accurate one that every user has an option with"},
};

bool one_variant_suits(const void *parameters, const Scenario *scenario, Error *error)
{
    const OneVariant *variant = parameters;
    return choice_common_variant(scenario, variant->name, error) != NO_CHOICE;
}

int one_variant_index(const OneVariant *parameters, const Scenario *scenario)
{
    return choice_common_variant(scenario, parameters->name, &(Error){0});
}
