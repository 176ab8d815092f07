using DToC.Twin.Features;
using DToC.Twin.Models;
using DToC.Twin.Models.Affinity;
using DToC.Twin.Models.Transitions;
using DToC.Twin.Plan;

namespace DToC.Twin.Views;

/// <summary>What comes next of a customer: events, or journey stages.</summary>
/// <param name="Now">The last event, or the present stage.</param>
/// <param name="Days">Days since.</param>
/// <param name="HorizonDays">What "within" means.</param>
/// <param name="Chances">All that may come, the likeliest first.</param>
/// <param name="When">When the next one comes, in days from now; null when nothing says so.</param>
public sealed record NextView(
    string Model, string Version, string Now, double Days, double HorizonDays, IReadOnlyList<ChanceView> Chances,
    NextTimeView? When)
{
    internal static NextView? Of(ModelPlan.OfModel plan, TransitionForecast model, ReadOnlySpan<double> inputs)
    {
        var chances = model.Chances(inputs, ScoreView.Level);
        if (chances.Count == 0) return null;
        var code = inputs[0];
        var now = model.Rows.First(row => NameCode.Of(row.From) == code).From;
        var time = model.When(inputs, ScoreView.Level);
        return new NextView(
            plan.Name, ScoreView.VersionOf(plan), now, inputs[1], model.HorizonDays,
            [.. chances.Select(c => new ChanceView(c.Name, c.Next, c.Within, IntervalView.Of(c.Interval)))],
            time is null ? null : new NextTimeView(time.MedianDays, time.Low, time.High, time.Level));
    }
}

/// <summary>Something that may come next.</summary>
/// <param name="Next">Probability that it is what comes next, whenever that is.</param>
/// <param name="Within">Probability that it comes next, and within the horizon.</param>
/// <param name="Interval">Where the latter lies.</param>
public sealed record ChanceView(string Name, double Next, double Within, IntervalView? Interval);

/// <summary>When something comes, in days from now: the median, and a range it comes in with a probability.</summary>
public sealed record NextTimeView(double MedianDays, double Low, double High, double Level);

/// <summary>What a customer's next basket holds most probably.</summary>
/// <param name="Baskets">Decayed number of baskets that it rests on.</param>
/// <param name="Top">The likeliest first.</param>
public sealed record AffinityView(
    string Model, string Version, double Baskets, IReadOnlyList<AffinityTokenView> Top)
{
    private const int MostTokens = 5;

    internal static AffinityView Of(ModelPlan.OfModel plan, AffinityModel model, ReadOnlySpan<double> inputs) => new(
        plan.Name, ScoreView.VersionOf(plan), inputs[0] > 0 ? inputs[0] : 0,
        [
            .. model.Top(inputs, MostTokens, ScoreView.Level).Select(
                c => new AffinityTokenView(c.Name, c.Probability, c.Share, c.Baskets, IntervalView.Of(c.Interval))),
        ]);
}

/// <summary>How likely the next basket holds a product or category.</summary>
/// <param name="Share">Share of all customers' baskets that hold it.</param>
/// <param name="Baskets">Decayed number of the customer's own that did.</param>
public sealed record AffinityTokenView(
    string Token, double Probability, double Share, double Baskets, IntervalView? Interval);

/// <summary>What fitted models say beyond one number, of those that have a legal basis now.</summary>
internal sealed record Forecasts(
    IReadOnlyList<NextView>? NextEvents, IReadOnlyList<NextView>? NextStages, IReadOnlyList<AffinityView>? Affinity)
{
    public static Forecasts Of(Vectors vectors)
    {
        var (events, stages, affinity) = (new List<NextView>(), new List<NextView>(), new List<AffinityView>());
        foreach (var plan in vectors.Plan.Models.OfType<ModelPlan.OfModel>())
        {
            if ((plan.Categories & ~vectors.Lawful[plan.Purpose]) != 0) continue;
            var inputs = new double[plan.Reads.Length];
            plan.ReadInto(vectors.Numbers, inputs);
            switch (plan.Model)
            {
                case AffinityModel model:
                    affinity.Add(AffinityView.Of(plan, model, inputs));
                    break;
                case TransitionForecast { Subject: TransitionSubject.Events } model:
                    if (NextView.Of(plan, model, inputs) is { } next) events.Add(next);
                    break;
                case TransitionForecast model when vectors.HasStage:
                    if (NextView.Of(plan, model, inputs) is { } stage) stages.Add(stage);
                    break;
            }
        }
        return new Forecasts(OrNone(events), OrNone(stages), OrNone(affinity));
    }

    private static List<T>? OrNone<T>(List<T> list) => list.Count == 0 ? null : list;
}
