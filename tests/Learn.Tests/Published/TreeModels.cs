using System.Globalization;
using DToC.Learn.Import;
using DToC.Twin.Models.Trees;

namespace DToC.Published;

/// <summary>
/// Models that LightGBM and XGBoost trained, with what these libraries predict of given rows (testdata of
/// github.com/dmitryikh/leaves): which rows and outputs belong to which model, and whether outputs are margins, is as
/// in its tests. Nothing is fitted here.
/// </summary>
internal static class TreeModels
{
    /// <summary>LightGBM's models.</summary>
    public static TreeModelCase[] LightGbm { get; } =
    [
        new("lgmulticlass.model", "multiclass_test.tsv", "lgmulticlass_true_predictions.txt") { HasLabel = true },
        new("lgmulticlass.model", "multiclass_test.tsv", "lgmulticlass_true_raw_predictions.txt")
        {
            HasLabel = true, IsMargin = true,
        },
        new("lg_kddcup99.model", "kddcup99_test.tsv", "lg_kddcup99_true_predictions.txt") { IsMargin = true },
        new("lg_rf_iris.model", "iris_test.libsvm", "lg_rf_iris_true_predictions.txt") { Absent = 0 },
        new("lg_dart_breast_cancer.model", "breast_cancer_test.tsv", "lg_dart_breast_cancer_true_predictions.txt"),
        new("lg_dart_breast_cancer.json", "breast_cancer_test.tsv", "lg_dart_breast_cancer_true_predictions.txt")
        {
            // The dump of this version names no objective.
            Link = Twin.Models.MarginLink.Sigmoid,
        },
        Genlin("gamma_AvgClaimAmount"), Genlin("poisson_Frequency"), Genlin("tweedie_PurePremium"),
    ];

    /// <summary>XGBoost's models, in its old binary form.</summary>
    public static TreeModelCase[] XgBoost { get; } =
    [
        new("xgagaricus.model", "agaricus_test.libsvm", "xgagaricus_true_predictions.txt"),
        // The outputs are of the first 10 of its 20 trees.
        new("xg_dart_agaricus.model", "agaricus_test.libsvm", "xg_dart_agaricus_true_predictions.txt")
        {
            IsMargin = true, Rounds = 10,
        },
        new("xgblin_agaricus.model", "agaricus_test.libsvm", "xgblin_agaricus_true_predictions.txt") { Absent = 0 },
        new("xgblin_agaricus.model", "agaricus_test.libsvm", "xgblin_agaricus_true_raw_predictions.txt")
        {
            IsMargin = true, Absent = 0,
        },
        new("xgdermatology.model", "dermatology_test.libsvm", "xgdermatology_true_predictions.txt") { IsMargin = true },
    ];

    /// <summary>Greatest relative difference of LightGBM's models from what it predicts.</summary>
    public static double[] LightGbmFigures(DataFolder folder)
    {
        CheckLeaves(folder);
        return [LightGbm.Max(c => c.Differences(folder).Relative)];
    }

    /// <summary>
    /// Greatest difference of XGBoost's models from what it predicts, each read in its binary form, and converted to
    /// JSON and to UBJ.
    /// </summary>
    public static double[] XgBoostFigures(DataFolder folder)
    {
        var most = 0.0;
        foreach (var c in XgBoost)
        {
            var bytes = File.ReadAllBytes(folder.File($"tree_models/{c.Model}"));
            var legacy = LegacyXgBoost.Read(bytes);
            foreach (var form in (byte[][])[bytes, legacy.ToJson(), legacy.ToUbj()])
                most = Math.Max(most, c.Differences(folder, form).Absolute);
        }
        return [most];
    }

    /// <summary>The leaves LightGBM says rows end in, against ours: how many rows were compared.</summary>
    /// <exception cref="InvalidDataException">One differs.</exception>
    public static int CheckLeaves(DataFolder folder)
    {
        var file = File.ReadAllBytes(folder.File("tree_models/lg_breast_cancer.txt"));
        var model = (TreeEnsemble)ModelImport.Read(file).Model;
        var rows = Read(folder, "lg_breast_cancer_data.txt").For(model.Inputs);
        var expected = Read(folder, "lg_breast_cancer_data_pred_leaves.txt").Rows;
        var leaves = new int[model.Trees.Count];
        for (var i = 0; i < rows.Count; i++)
        {
            model.Leaves(rows[i], leaves);
            if (!expected[i].SequenceEqual(leaves.Select(leaf => (double)leaf)))
                throw new InvalidDataException($"Row {i} ends in other leaves.");
        }
        return rows.Count;
    }

    /// <summary>Rows of a file among the tree models.</summary>
    public static RowFile Read(DataFolder folder, string name, int width = 0, double absent = double.NaN) =>
        RowFile.Read(File.ReadAllText(folder.File($"tree_models/{name}")), width, absent);

    private static TreeModelCase Genlin(string name) => new(
        $"genlin_fmtp_{name}.model", $"genlin_fmtp_{name}_features.tsv",
        $"genlin_fmtp_{name}_true_predictions.txt");
}

/// <summary>A model, rows, and what the library that trained it predicts of them.</summary>
internal sealed record TreeModelCase(string Model, string Rows, string Expected)
{
    /// <summary>Whether the first column of the rows is a label.</summary>
    public bool HasLabel { get; init; }

    /// <summary>Whether the outputs are margins.</summary>
    public bool IsMargin { get; init; }

    /// <summary>What stands for a feature that a row of libsvm does not name: XGBoost takes it for missing.</summary>
    public double Absent { get; init; } = double.NaN;

    /// <summary>Rounds of boosting used; all when null.</summary>
    public int? Rounds { get; init; }

    /// <summary>The link, where the file does not tell it.</summary>
    public Twin.Models.MarginLink? Link { get; init; }

    /// <summary>The greatest differences, over all rows and outputs.</summary>
    public (double Absolute, double Relative) Differences(DataFolder folder, byte[]? form = null)
    {
        var bytes = form ?? File.ReadAllBytes(folder.File($"tree_models/{Model}"));
        var expected = TreeModels.Read(folder, Expected).Rows;
        var (absolute, relative) = (0.0, 0.0);
        for (var k = 0; k < expected[0].Length; k++)
        {
            var options = new ImportOptions
            {
                Output = k,
                Rounds = Rounds,
                Link = IsMargin ? Twin.Models.MarginLink.Identity : Link,
            };
            var model = ModelImport.Read(bytes, options).Model;
            var file = TreeModels.Read(folder, Rows, model.Inputs.Count, Absent);
            if (HasLabel) file = file with { Rows = [.. file.Rows.Select(row => row[1..])] };
            var result = ImportCheck.Run(model, file.For(model.Inputs), [.. expected.Select(row => row[k])], 0);
            (absolute, relative) =
                (Math.Max(absolute, result.MaxAbsolute), Math.Max(relative, result.MaxRelative));
        }
        return (absolute, relative);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Model} -> {Expected}");
}
