using DToC.Twin.Definitions;

namespace DToC.Twin.Plan;

/// <summary>Turns legal bases into masks.</summary>
internal static class ConsentCompiler
{
    public static ConsentPlan Compile(Definition definition, CompileErrors errors)
    {
        var purposes = definition.Purposes.Select(p => p.Name).ToList();
        var always = new ulong[purposes.Count];
        var untilObjected = new ulong[purposes.Count];
        var whileGranted = new ulong[purposes.Count];
        if (definition.Categories.Count > 64)
        {
            errors.Add(definition.Categories[64].At, "categories", "There are more than 64 categories", "Unite some");
            return Plan();
        }
        for (var c = 0; c < definition.Categories.Count; c++)
        {
            var category = definition.Categories[c];
            foreach (var (purpose, basis) in category.Bases)
            {
                var p = errors.Slot(purpose, purposes, $"categories.{category.Name}.bases", "purpose");
                if (p < 0) continue;
                var bit = 1UL << c;
                switch (basis)
                {
                    case LegalBasis.Contract or LegalBasis.LegalObligation or LegalBasis.VitalInterest:
                        always[p] |= bit;
                        break;
                    case LegalBasis.LegitimateInterest or LegalBasis.PublicTask:
                        untilObjected[p] |= bit;
                        break;
                    case LegalBasis.Consent:
                        whileGranted[p] |= bit;
                        break;
                }
            }
        }
        return Plan();

        ConsentPlan Plan() => new()
        {
            Purposes = purposes,
            Categories = [.. definition.Categories.Select(c => c.Name)],
            RetentionMs = [.. definition.Categories.Select(c => c.RetentionDays * Instant.DayMs)],
            Always = always,
            UntilObjected = untilObjected,
            WhileGranted = whileGranted,
        };
    }
}
