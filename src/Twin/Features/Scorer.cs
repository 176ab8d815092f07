using DToC.Twin.Plan;

namespace DToC.Twin.Features;

/// <summary>
/// Scores models over filled vectors. A model whose inputs rest on a category without a basis for the model's
/// purpose is not evaluated: its score is missing. Allocates nothing.
/// </summary>
public static class Scorer
{
    /// <summary>Scores the models that the rules of every turn read.</summary>
    public static void ScoreForTurn(Vectors vectors)
    {
        foreach (var model in vectors.Plan.ModelsOfTurn) Score(vectors, model);
    }

    /// <summary>Scores all models, in order.</summary>
    public static void ScoreAll(Vectors vectors)
    {
        for (var model = 0; model < vectors.Plan.Models.Length; model++) Score(vectors, model);
    }

    private static void Score(Vectors vectors, int slot)
    {
        var model = vectors.Plan.Models[slot];
        var isLawful = (model.Categories & ~vectors.Lawful[model.Purpose]) == 0;
        vectors.Numbers[vectors.Plan.Vector.FirstScore + slot] =
            isLawful ? model.Score(vectors.Numbers, vectors.Texts) : double.NaN;
    }
}
