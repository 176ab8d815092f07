using DToC.Twin.Models.Calibration;
using DToC.Twin.Models.Linear;
using DToC.Twin.Models.Trees;

namespace DToC.Twin.Models;

/// <summary>Between which numbers all scores of a model lie, as far as its parts tell.</summary>
/// <param name="Low">No score is lower; minus infinity where nothing bounds it.</param>
/// <param name="High">No score is higher.</param>
public readonly record struct ScoreBounds(double Low, double High)
{
    /// <summary>The bounds of a model; null where its kind does not tell.</summary>
    public static ScoreBounds? Of(PredictiveModel model) => model switch
    {
        Uncertain { Inner: var inner } => Of(inner),
        TreeEnsemble { Output.Link: MarginLink.Identity or MarginLink.Exp } trees => OfMargin(trees),
        LinearModel { Link: MarginLink.Identity } => new ScoreBounds(double.NegativeInfinity, double.PositiveInfinity),
        LinearModel { Link: MarginLink.Exp } => new ScoreBounds(0, double.PositiveInfinity),
        { Scale: ReasonScale.LogOdds } => new ScoreBounds(0, 1),
        _ => null,
    };

    // Each tree adds one of its leaves.
    private static ScoreBounds OfMargin(TreeEnsemble trees)
    {
        var low = trees.Output.StartOf(trees.Output.Chosen);
        var high = low;
        foreach (var tree in trees.Trees)
        {
            if (tree.Output != trees.Output.Chosen) continue;
            var (least, most) = (double.PositiveInfinity, double.NegativeInfinity);
            foreach (var leaf in tree.Leaves)
            {
                least = Math.Min(least, leaf.Value * tree.Weight);
                most = Math.Max(most, leaf.Value * tree.Weight);
            }
            (low, high) = (low + least, high + most);
        }
        return trees.Output.Link == MarginLink.Exp
            ? new ScoreBounds(Math.Exp(low), Math.Exp(high))
            : new ScoreBounds(low, high);
    }
}
