using DToC.Twin.Draws;
using DToC.Twin.Models.CustomerBase;
using DToC.Twin.Models.Transitions;
using DToC.Twin.Plan;

namespace DToC.Twin.Simulation;

/// <summary>
/// Which stage of the journey follows on which, and when, as it may be in a world: of a model of stages, each row drawn
/// from what is known of it. Only moves that no order and no silence brings are taken from it: those are simulated.
/// </summary>
internal sealed class StageMoves
{
    private readonly Row?[] _rows;

    private StageMoves(Row?[] rows) => _rows = rows;

    /// <summary>One for a model, or null where there is none.</summary>
    public static StageMoves? Draw(TransitionForecast? model, JourneyPlan journey, int purchase, Xoshiro256 random)
    {
        if (model is null) return null;
        var rows = new Row?[journey.Stages.Count];
        int[] slots = [.. model.Names.Select(name => Slot(journey, name))];
        foreach (var row in model.Rows)
        {
            // Drawn for all, so that a stage that the journey no longer has shifts no other's draws.
            var drawn = Draw(row, slots, random);
            if (Slot(journey, row.From) is not (>= 0 and var from)) continue;
            rows[from] = drawn.Without(from, journey.IdleTo[from], NextBy(journey, purchase, from));
        }
        return new StageMoves(rows);
    }

    /// <summary>
    /// The stage that follows on one, and weeks until then; none (-1) where an order, silence or nothing brings it.
    /// </summary>
    /// <param name="stage">Slot of the stage.</param>
    /// <param name="waited">Weeks in it so far.</param>
    /// <param name="which">In [0, 1): which one.</param>
    /// <param name="when">In (0, 1): when.</param>
    public (int Stage, double Weeks) Next(int stage, double waited, double which, double when)
    {
        if (_rows[stage] is not { } row) return (-1, double.PositiveInfinity);
        var left = which;
        for (var i = 0; i < row.Shares.Length; i++)
        {
            left -= row.Shares[i];
            if (left >= 0) continue;
            var to = row.Stages[i];
            return to < 0 ? (-1, double.PositiveInfinity) : (to, row.Wait.QuantileAfter(7 * waited, when) / 7);
        }
        return (-1, double.PositiveInfinity);
    }

    // Dirichlet weights as gammas over their sum; a family by its share, and its parameters from their covariance.
    private static Row Draw(TransitionRow row, int[] slots, Xoshiro256 random)
    {
        var shares = new double[slots.Length];
        for (var i = 0; i < shares.Length; i++) shares[i] = row.Weights[i] > 0 ? random.Gamma(row.Weights[i], 1) : 0;
        var sum = shares.Sum();
        for (var i = 0; i < shares.Length; i++) shares[i] = sum > 0 ? shares[i] / sum : 0;
        var (left, at) = (random.NextUnit(), 0);
        while (at < row.Waits.Count - 1 && (left -= row.Waits[at].Share) >= 0) at++;
        var wait = row.Waits[at];
        Span<double> drawn = stackalloc double[2];
        wait.Covariance.Draw([wait.Shape, wait.Scale], random, drawn);
        return new Row(slots, shares, wait with { Shape = drawn[0], Scale = drawn[1] });
    }

    private static int NextBy(JourneyPlan journey, int purchase, int stage) =>
        purchase < 0 ? -1 : journey.Next[purchase * journey.Stages.Count + stage];

    private static int Slot(JourneyPlan journey, string name)
    {
        for (var i = 0; i < journey.Stages.Count; i++)
        {
            if (journey.Stages[i] == name) return i;
        }
        return -1;
    }

    private sealed record Row(int[] Stages, double[] Shares, WaitingTime Wait)
    {
        public Row Without(params ReadOnlySpan<int> stages)
        {
            var left = Stages.ToArray();
            foreach (ref var stage in left.AsSpan())
            {
                if (stages.Contains(stage)) stage = -1;
            }
            return this with { Stages = left };
        }
    }
}
