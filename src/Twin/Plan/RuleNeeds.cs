using DToC.Twin.Definitions;
using DToC.Twin.Rules;

namespace DToC.Twin.Plan;

/// <summary>What rules read, directly or through models and features.</summary>
/// <param name="Models">Slots of models, in the order of evaluation.</param>
/// <param name="Features">Slots of features.</param>
/// <param name="Numbers">By slot of the vector of numbers: whether it is read.</param>
/// <param name="Texts">By slot of the vector of texts.</param>
internal sealed record RuleNeeds(int[] Models, int[] Features, bool[] Numbers, bool[] Texts)
{
    /// <param name="features">All features, by slot.</param>
    /// <param name="models">All models.</param>
    /// <param name="numbers">Length of the vector of numbers: features, scores, and what no rule makes.</param>
    /// <param name="texts">Length of the vector of texts.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="withAllModels">Whether every model is needed for itself.</param>
    /// <param name="slots">Numbers that are read beside the rules.</param>
    public static RuleNeeds Of(
        IReadOnlyList<FeatureRead> features, IReadOnlyList<ModelPlan> models, int numbers, int texts,
        IEnumerable<Expression?> rules, bool withAllModels = false, ReadOnlySpan<int> slots = default)
    {
        var firstScore = features.Count;
        var needed = new bool[numbers];
        var neededTexts = new bool[texts];
        foreach (var rule in rules) ReadBy(rule);
        Mark(slots);
        if (withAllModels) needed.AsSpan(firstScore, models.Count).Fill(true);
        // Models and features only refer backwards, so one pass from the end finds all.
        for (var slot = firstScore + models.Count - 1; slot >= 0; slot--)
        {
            if (!needed[slot]) continue;
            if (slot >= firstScore)
            {
                var model = models[slot - firstScore];
                if (model is ModelPlan.OfFormula formula) ReadBy(formula.Expression);
                else Mark(model.Reads);
                if (model.Prior is not { } prior) continue;
                Mark([prior.Evidence]);
                foreach (var group in prior.Groups) ReadBy(group.When);
            }
            else if (features[slot].Kind == FeatureKind.Ratio)
            {
                Mark([features[slot].Ratio.Numerator, features[slot].Ratio.Denominator]);
            }
            else
            {
                ReadBy(features[slot].Expression);
            }
        }
        return new RuleNeeds(
            [.. Enumerable.Range(0, models.Count).Where(i => needed[firstScore + i])],
            [.. Enumerable.Range(0, firstScore).Where(i => needed[i])],
            needed, neededTexts);

        void ReadBy(Expression? rule)
        {
            if (rule is null) return;
            Mark(rule.NumbersRead);
            foreach (var slot in rule.TextsRead) neededTexts[slot] = true;
        }

        void Mark(ReadOnlySpan<int> slots)
        {
            foreach (var slot in slots) needed[slot] = true;
        }
    }
}
