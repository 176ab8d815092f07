using DToC.Learn.Propensity;
using DToC.Learn.Trees;
using DToC.Twin.Draws;
using DToC.Twin.Models;
using DToC.Twin.Models.Calibration;
using DToC.Twin.Plan;

namespace DToC.Micro;

/// <summary>
/// The retail definition with a calibrated ensemble of a hundred trees of 31 leaves in the place of its churn model,
/// which rules of every turn read: what a trained definition scores with every event. The trees are fitted to generated
/// rows; what they say is of no matter here, how long it takes is.
/// </summary>
public static class FullModels
{
    private const int Trees = 100;
    private const int Leaves = 31;
    private const int Rows = 20_000;

    private static readonly string[] Inputs =
    [
        "lateness", "orders", "orders_90d", "spend_90d", "discount_share", "views_7d", "adds_3d", "emails_30d",
        "tickets_30d", "failed_payments_30d", "days_since_order", "days_since_event", "order_gap_days",
        "typical_order", "sessions", "days_in_stage",
    ];

    /// <summary>The definition with the trees.</summary>
    public static PlanSource With(ReadOnlyMemory<byte> definition) =>
        PlanSource.Read(definition).With("churn", ModelFile.Of(Churn()).ToBytes());

    private static Calibrated Churn()
    {
        var random = new Xoshiro256(31);
        var columns = Inputs.Select(_ => new double[Rows]).ToArray();
        var targets = new double[Rows];
        for (var row = 0; row < Rows; row++)
        {
            foreach (var column in columns) column[row] = random.Gamma(1, 0.3);
            var logOdds = columns[0][row] - columns[2][row] + Math.Sin(columns[5][row]) * columns[8][row]
                - Math.Log(1 + columns[10][row]) * (columns[13][row] > 3 ? 1 : -1);
            targets[row] = random.NextUnit() < Logistic.Sigmoid(logOdds) ? 1 : 0;
        }
        var table = new TrainingTable(Rows);
        for (var i = 0; i < Inputs.Length; i++) table.AddNumbers(Inputs[i], columns[i]);
        var options = new BoostingOptions
        {
            MaxTrees = Trees, MaxLeaves = Leaves, MaxDepth = 8, MinLeafRows = 20, Folds = 0,
        };
        var trees = BoostedTrees.Fit(table, targets, options).Model;
        if (trees.Trees.Count != Trees || trees.Trees.Any(tree => tree.Leaves.Length != Leaves))
            throw new InvalidOperationException($"These are not {Trees} trees of {Leaves} leaves.");
        return new Calibrated(trees, new PlattMap(1.1, -0.1, isOfLogOdds: true));
    }
}
