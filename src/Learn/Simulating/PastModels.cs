using DToC.Learn.CustomerBase;
using DToC.Learn.Training;
using DToC.Twin.Models;
using DToC.Twin.Models.CustomerBase;
using DToC.Twin.Plan;

namespace DToC.Learn.Simulating;

/// <summary>
/// Fits the models of purchases and spend to what was known at a past moment, so that a forecast made from there knows
/// nothing of what came after.
/// </summary>
internal static class PastModels
{
    /// <summary>The definition in force with the fitted models, and what is to be said of them.</summary>
    /// <param name="plans">The definitions.</param>
    /// <param name="members">The members of the moment.</param>
    /// <param name="kind">Model of purchases; null for the kind in force.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InvalidOperationException">They cannot be fitted; the message says why.</exception>
    public static (PlanCatalog Plans, IReadOnlyList<string> Said) Of(
        PlanCatalog plans, IReadOnlyList<PastMember> members, LearntKind? kind, CancellationToken cancellation)
    {
        var (plan, said) = (plans.Current, new List<string>());
        var simulation = plan.Simulation ?? throw new InvalidOperationException(SimulationPlan.WhyNot(plan));
        var purchases = (ModelPlan.OfModel)plan.Models[simulation.Purchases]; // else nothing could be simulated
        var file = PurchasesOf(purchases, members, kind, cancellation);
        said.Add(Described(purchases.Name, file));
        var source = plan.Source.With(purchases.Name, file.ToBytes());
        if (simulation.Spend >= 0)
        {
            var spend = (ModelPlan.OfModel)plan.Models[simulation.Spend];
            var fitted = SpendFit.Of(
                members.Where(m => m.Spend[0] > 0 && m.Spend[1] > 0).Select(m => new MeanSpend(m.Spend[0], m.Spend[1])),
                cancellation);
            if (fitted is Fit<GammaGamma>.Fitted known)
            {
                var parameters = new SpendParameters(known.Model, new LogCovariance(3, [.. known.Covariance]));
                source = source.With(
                    spend.Name, ModelFile.Of(new SpendForecast(parameters, spend.Model.Inputs)).ToBytes());
                var (p, q, v) = (known.Model.P, known.Model.Q, known.Model.V);
                said.Add(FormattableString.Invariant(
                    $"{spend.Name}: gammaGamma p = {p:g4}, q = {q:g4}, v = {v:g4}."));
            }
            else said.Add($"{spend.Name}: could not be fitted to that past; the one in force stands in.");
        }
        return TwinPlan.Load(source, "definition") switch
        {
            PlanCompilation.Compiled compiled => (plans.WithCurrent(compiled.Plan), said),
            PlanCompilation.Invalid invalid => throw new InvalidOperationException(string.Join('\n', invalid.Errors)),
            var other => throw new InvalidOperationException($"Unknown compilation {other.GetType().Name}."),
        };
    }

    private static ModelFile PurchasesOf(
        ModelPlan.OfModel model, IReadOnlyList<PastMember> members, LearntKind? kind, CancellationToken cancellation)
    {
        var question = ((PurchaseForecast)model.Model).Question;
        // One who bought for the first time at the very end has been seen for no time at all.
        var histories = PurchaseHistories.Of(members
            .Where(m => double.IsFinite(m.Inputs[0]) && m.Inputs[2] > 0)
            .Select(m => new PurchaseHistory(m.Inputs[0], m.Inputs[1], m.Inputs[2])));
        var word = kind is { } wanted ? ModelFields.Written(wanted) : model.Model.Kind;
        return ModelFit.Expect(model.Name, word.ToUpperInvariant() switch
        {
            "BGNBD" => Fitted<BgNbd>(),
            "MBGNBD" => Fitted<MbgNbd>(),
            "PARETONBD" => Fitted<ParetoNbd>(),
            "NBD" => Fitted<Nbd>(),
            "BGBB" => Fitted<BgBb>(),
            _ => throw new InvalidOperationException(
                $"{word} is no model of purchases; bgnbd, mbgnbd and paretonbd are."),
        }).Model;

        Fit<ModelFile> Fitted<TProcess>()
            where TProcess : struct, IPurchaseProcess<TProcess> =>
            PurchaseTraining.Of<TProcess>(histories, question, model.Model.Inputs, cancellation);
    }

    private static string Described(string name, ModelFile file)
    {
        var said = $"{name}: {file.Model.Kind} of {file.Card.Rows} customers.";
        return file.Card.Limits.Count == 0 ? said : $"{said} {string.Join(' ', file.Card.Limits)}";
    }
}
