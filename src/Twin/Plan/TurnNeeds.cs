using DToC.Twin.Definitions;
using DToC.Twin.Rules;

namespace DToC.Twin.Plan;

/// <summary>
/// What the rules of every turn (triggers, segments) read, directly or through models and other features.
/// </summary>
internal sealed record TurnNeeds(int[] Models, int[] Features, bool[] Texts)
{
    public static TurnNeeds Of(
        IReadOnlyList<FeatureRead> features, IReadOnlyList<ModelPlan> models, VectorLinks links,
        IReadOnlyList<Expression?> rules)
    {
        var firstScore = links.FirstScore;
        var needed = new bool[firstScore + models.Count];
        var texts = new bool[links.TextNames.Length];
        foreach (var rule in rules) ReadBy(rule);
        // Models and features only refer backwards, so one pass from the end finds all.
        for (var slot = needed.Length - 1; slot >= 0; slot--)
        {
            if (!needed[slot]) continue;
            if (slot >= firstScore)
            {
                var model = models[slot - firstScore];
                if (model is ModelPlan.OfFormula formula) ReadBy(formula.Expression);
                else Mark(model.Reads);
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
        return new TurnNeeds(
            [.. Enumerable.Range(0, models.Count).Where(i => needed[firstScore + i])],
            [.. Enumerable.Range(0, firstScore).Where(i => needed[i])],
            texts);

        void ReadBy(Expression? rule)
        {
            if (rule is null) return;
            Mark(rule.NumbersRead);
            foreach (var slot in rule.TextsRead) texts[slot] = true;
        }

        void Mark(ReadOnlySpan<int> slots)
        {
            foreach (var slot in slots)
            {
                if (slot < needed.Length) needed[slot] = true;
            }
        }
    }
}
