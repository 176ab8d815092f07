using DToC.Twin.Definitions;
using DToC.Twin.Definitions.Reading;

namespace DToC.Twin.Plan;

/// <summary>Turns legal bases into masks.</summary>
internal static class ConsentCompiler
{
    public static ConsentPlan Compile(Definition definition, CompileErrors errors)
    {
        List<string> purposes = [.. definition.Purposes.Select(p => p.Name)];
        var categories = definition.Categories;
        if (categories.Count > 64)
        {
            errors.Add(categories[64].At, "categories", "There are more than 64 categories", "Unite some");
            categories = [.. categories.Take(64)];
        }
        var pairs = purposes.ConvertAll(_ => new PairBasis[categories.Count]);
        for (var c = 0; c < categories.Count; c++) TakePairs(categories[c], c, purposes, pairs, errors);
        var sales = new bool[purposes.Count];
        foreach (var purpose in definition.SaleOrSharing)
        {
            var p = errors.Slot(purpose, purposes, "saleOrSharing", "purpose");
            if (p >= 0) sales[p] = true;
        }
        return new ConsentPlan
        {
            Purposes = purposes,
            Categories = [.. categories.Select(c => c.Name)],
            RetentionMs = [.. categories.Select(c => c.RetentionDays * Instant.DayMs)],
            Pairs = [.. pairs],
            SaleOrSharing = sales,
            Always = Masks(
                LegalBasis.Contract, LegalBasis.LegalObligation, LegalBasis.VitalInterest),
            UntilObjected = Masks(LegalBasis.LegitimateInterest, LegalBasis.PublicTask),
            WhileGranted = Masks(LegalBasis.Consent),
            WhileExplicit = [.. pairs.Select(p => Mask(p, pair => pair.Condition == SpecialCondition.ExplicitConsent))],
            UntilOptedOut = [.. pairs.Select((p, i) => sales[i] ? Mask(p, IsOptional) : 0)],
        };

        ulong[] Masks(params LegalBasis[] bases) => [.. pairs.Select(p => Mask(p, pair => bases.Contains(pair.Basis)))];
    }

    /// <summary>What the law asks for, or a life, no opt-out of a sale touches.</summary>
    private static bool IsOptional(PairBasis pair) =>
        pair.Basis is not (LegalBasis.LegalObligation or LegalBasis.VitalInterest);

    private static ulong Mask(PairBasis[] pairs, Func<PairBasis, bool> isIn)
    {
        var mask = 0UL;
        for (var c = 0; c < pairs.Length; c++)
        {
            if (isIn(pairs[c])) mask |= 1UL << c;
        }
        return mask;
    }

    private static void TakePairs(
        CategoryDefinition category, int slot, List<string> purposes, List<PairBasis[]> pairs, CompileErrors errors)
    {
        var path = $"categories.{category.Name}";
        foreach (var (purpose, basis) in category.Bases)
        {
            var p = errors.Slot(purpose, purposes, $"{path}.bases", "purpose");
            if (p < 0) continue;
            pairs[p][slot] = new PairBasis(basis, null);
            if (!category.IsSpecial || basis == LegalBasis.None) continue;
            if (category.Conditions.FirstOrDefault(c => c.Purpose.Name == purpose.Name) is { } condition)
                pairs[p][slot] = new PairBasis(basis, condition.Condition);
            else
                errors.Add(purpose.At, $"{path}.conditions",
                    $"'{category.Name}' is a special category, and '{purpose.Name}' has a basis but no condition",
                    $"Add \"conditions\": {{ \"{purpose.Name}\": one of "
                    + $"{string.Join(", ", EnumWords<SpecialCondition>.All)} }}");
        }
        foreach (var (purpose, _) in category.Conditions)
        {
            if (!category.IsSpecial)
            {
                errors.Add(purpose.At, $"{path}.conditions", $"'{category.Name}' is not a special category",
                    "Write \"special\": true, or leave out the conditions");
                return;
            }
            var p = errors.Slot(purpose, purposes, $"{path}.conditions", "purpose");
            if (p >= 0 && pairs[p][slot].Basis == LegalBasis.None)
                errors.Add(purpose.At, $"{path}.conditions",
                    $"'{purpose.Name}' has a condition but no basis", "Name its basis under bases");
        }
    }
}
