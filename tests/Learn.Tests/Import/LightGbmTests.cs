using System.Text;
using DToC.Learn.Import;
using DToC.Twin.Models;

namespace DToC.Learn.Tests.Import;

/// <summary>What github.com/dmitryikh/leaves asks of LightGBM's small files in its tests.</summary>
public class LightGbmTests
{
    private static readonly ImportOptions Margin = new() { Link = MarginLink.Identity };

    [DataFact]
    public void Trees_of_numbers_and_categories_heed_missing_values()
    {
        var model = ModelImport.Read(Bytes("model_simple.txt"), Margin).Model;
        Assert.Equal(["X1", "X2"], model.Inputs);
        Assert.Equal(0.29462594, model.Score([0, 0]), 1e-8);
        Assert.Equal(0.39565483, model.Score([1000, 0]), 1e-8);
        Assert.Equal(0.69580371, model.Score([800, 100]), 1e-8);
        Assert.Equal(0.69580371, model.Score([0, 100]), 1e-8);
        Assert.Equal(0.39565483, model.Score([1000, double.NaN]), 1e-8);
        Assert.Equal(0.29462594, model.Score([double.NaN, double.NaN]), 1e-8);
        var first = ModelImport.Read(Bytes("model_simple.txt"), Margin with { Rounds = 1 });
        Assert.Equal(0.35849878, first.Model.Score([0, 0]), 1e-8);
        Assert.Equal(Logistic.Sigmoid(0.35849878), ModelImport.Read(
            Bytes("model_simple.txt"), new ImportOptions { Rounds = 1 }).Model.Score([0, 0]), 1e-8);
        // The card knows the rows, and the ranges that the training saw.
        Assert.Equal(1000, first.Card.Rows);
        Assert.Equal(new InputRange("X1", 0, 999), first.Ranges[0]);
        Assert.Equal(new InputRange("X2", 0, 100), first.Ranges[1]);
    }

    [Fact]
    public void What_is_wrong_deep_in_a_tree_is_told_in_few_words()
    {
        var json = new StringBuilder("""
            {"name":"tree","version":"v4","num_class":1,"num_tree_per_iteration":1,"max_feature_idx":0,"tree_info":[
            {"tree_structure":
            """);
        const string split = """
            {"split_feature":0,"threshold":1,"decision_type":"<=","missing_type":"None","default_left":true,
             "right_child":{"leaf_value":1},"left_child":
            """;
        for (var depth = 0; depth < 515; depth++) json.Append(split);
        json.Append("""{"leaf_value":1}""").Append('}', 515).Append("}]}");
        var bytes = Encoding.UTF8.GetBytes(json.ToString());
        var wrong = Assert.Throws<InvalidDataException>(() => ModelImport.Read(bytes));
        Assert.Contains("deeper than 512", wrong.Message, StringComparison.Ordinal);
        Assert.StartsWith("model.tree_info[0].tree_structure.left_child.", wrong.Message, StringComparison.Ordinal);
        Assert.InRange(wrong.Message.Length, 60, 250);
    }

    [DataFact]
    public void Json_dumps_are_read()
    {
        var one = ModelImport.Read(Bytes("lg_1tree.json")).Model;
        Assert.Equal(0.4242, one.Score([0, 11]));
        Assert.Equal(0.4703, one.Score([0, 10]));
        Assert.Equal(0.4703, one.Score([0, 100]));
        Assert.Equal(1.1111, one.Score([0.15, 11]));
        var leaf = ModelImport.Read(Bytes("lg_1tree_1leaf.json")).Model;
        Assert.Equal(0.42, leaf.Score(new double[leaf.Inputs.Count]));
    }

    [DataFact]
    public void Single_trees_are_read()
    {
        Assert.Equal(0.123, Tree("tree_1leaf.txt").Score([double.NaN, 0]));
        Assert.Equal(0.43, Tree("tree_2leaves.txt").Score([double.NaN, 0]));
        Assert.Equal(0.59, Tree("tree_2leaves.txt").Score([5.1, 0]));
        Assert.Equal(0.38, Tree("tree_3leaves.txt").Score([1000, 0]));
        Assert.Equal(0.54, Tree("tree_3leaves.txt").Score([double.NaN, 100]));
        Assert.Equal(0.35, Tree("tree_3leaves.txt").Score([double.NaN, 10]));
    }

    [DataFact]
    public void Reasons_of_an_imported_model_add_up()
    {
        var model = ModelImport.Read(Bytes("lg_kddcup99.model"), new ImportOptions { Output = 5 }).Model;
        foreach (var row in Published.TreeModels.Read(DataFactAttribute.Folder, "kddcup99_test.tsv").Rows.Take(5))
            Assert.Equal(model.Score(row), Logistic.Sigmoid(model.Explain(row).Total), 1e-9);
    }

    [DataFact]
    public void What_is_not_known_is_named()
    {
        var text = Encoding.UTF8.GetString(Bytes("model_simple.txt"));
        Refused("'v9'", text.Replace("version=v2", "version=v9"));
        Refused("'hope'", text.Replace("objective=binary sigmoid:1", "objective=hope"));
        Refused("'luck:3'", text.Replace("sigmoid:1", "sigmoid:1 luck:3"));
        Refused("'mood'", text.Replace("label_index=0", "label_index=0\nmood=1"));
        Refused("tree 1: 'mood'", text.Replace("shrinkage=0.1", "shrinkage=0.1\nmood=1"));
        Refused("tree 1: 'is_linear'", text.Replace("shrinkage=0.1", "shrinkage=0.1\nis_linear=1"));
        Refused("missing type 3", text.Replace("decision_type=9 2", "decision_type=9 14"));
        Refused("'end of trees'", text.Replace("end of trees", ""));
        Refused("2 sets", text.Replace("num_cat=1", "num_cat=2").Replace("cat_boundaries=0 4", "cat_boundaries=0 4 4")
            .Replace("threshold=0 ", "threshold=2 "));
        Refused("two ways", text.Replace("right_child=1 -3", "right_child=0 -3"));

        static void Refused(string why, string text)
        {
            var wrong = Assert.Throws<InvalidDataException>(() => ModelImport.Read(Encoding.UTF8.GetBytes(text)));
            Assert.Contains(why.Replace("2 sets", "the set 2 of 2"), wrong.Message);
        }
    }

    private static byte[] Bytes(string name) => File.ReadAllBytes(DataFactAttribute.Folder.File($"tree_models/{name}"));

    // The files are trees without a header.
    private static PredictiveModel Tree(string name)
    {
        const string header = "tree\nversion=v3\nnum_class=1\nmax_feature_idx=1\nfeature_names=a b\n\n";
        var tree = Encoding.UTF8.GetString(Bytes(name)).Replace("Tree=2236", "Tree=0");
        return ModelImport.Read(Encoding.UTF8.GetBytes($"{header}{tree}\n\nend of trees\n")).Model;
    }
}
