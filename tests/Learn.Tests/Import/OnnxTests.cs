using System.Text.Json;
using DToC.Learn.Import;
using DToC.Twin.Models;

namespace DToC.Learn.Tests.Import;

public class OnnxTests
{
    [DataFact]
    public void Tree_ensemble_of_the_golden_vector_gives_its_outputs()
    {
        var golden = Golden();
        var model = TreeEnsembleFive(golden);
        var rows = golden.GetProperty("x").EnumerateArray().ToList();
        for (var k = 0; k < 2; k++)
        {
            var read = ModelImport.Read(model, new ImportOptions { Output = k }).Model;
            Assert.Equal(["X0", "X1"], read.Inputs);
            for (var i = 0; i < rows.Count; i++)
                Assert.Equal((float)golden.GetProperty("y")[i][k].GetDouble(), read.Score(Row(rows[i])), 1e-6);
        }
    }

    [Fact]
    public void Classifier_of_boosted_trees_gives_the_second_class()
    {
        // One split, two leaves that tell of class 1 alone, a logistic post_transform, and what exporters add.
        var trees = Trees("TreeEnsembleClassifier", "class")
            .Attribute("classlabels_int64s", [0L, 1]).Attribute("post_transform", "LOGISTIC")
            .Attribute("class_ids", [1L, 1]).Attribute("base_values", [0.5f]);
        var cast = OnnxBytes.Node("Cast", ["X"], ["V"]).Attribute("to", 1);
        var zip = OnnxBytes.Node("ZipMap", ["P"], ["probabilities"]).Attribute("classlabels_int64s", [0L, 1]);
        var read = ModelImport.Read(OnnxBytes.Model(2, cast, trees, zip)).Model;
        Assert.Equal(Logistic.Sigmoid(-1.5), read.Score([0, 3]), 1e-7);
        Assert.Equal(Logistic.Sigmoid(3.5), read.Score([0, 3.1]), 1e-7);
        // Missing tracks the true branch.
        Assert.Equal(Logistic.Sigmoid(-1.5), read.Score([0, double.NaN]), 1e-7);
    }

    [Fact]
    public void Forest_that_averages_divides_by_its_trees()
    {
        var node = OnnxBytes.Node("TreeEnsembleRegressor", ["X"], ["Y"])
            .Attribute("aggregate_function", "AVERAGE").Attribute("n_targets", 1)
            .Attribute("nodes_treeids", [0L, 1]).Attribute("nodes_nodeids", [0L, 0])
            .Attribute("nodes_modes", (string[])["LEAF", "LEAF"]).Attribute("nodes_featureids", [0L, 0])
            .Attribute("nodes_values", [0f, 0]).Attribute("nodes_truenodeids", [0L, 0])
            .Attribute("nodes_falsenodeids", [0L, 0]).Attribute("target_treeids", [0L, 1])
            .Attribute("target_nodeids", [0L, 0]).Attribute("target_ids", [0L, 0])
            .Attribute("target_weights", [2f, 4]);
        Assert.Equal(3, ModelImport.Read(OnnxBytes.Model(1, node)).Model.Score([0]));
    }

    [Fact]
    public void Linear_classifier_behind_a_scaler_is_one_model()
    {
        var scaler = OnnxBytes.Node("Scaler", ["X"], ["S"])
            .Attribute("offset", [1f, 2]).Attribute("scale", [0.5f, 0.25f]);
        var linear = OnnxBytes.Node("LinearClassifier", ["S"], ["label", "P"])
            .Attribute("classlabels_ints", [0L, 1]).Attribute("coefficients", [-2f, -3, 2, 3])
            .Attribute("intercepts", [-1f, 1]).Attribute("post_transform", "LOGISTIC").Attribute("multi_class", 0);
        var norm = OnnxBytes.Node("Normalizer", ["P"], ["Q"]).Attribute("norm", "L1");
        var read = ModelImport.Read(OnnxBytes.Model(2, scaler, linear, norm)).Model;
        Assert.Equal(Logistic.Sigmoid(1 + 2 * 0.5 * (3 - 1) + 3 * 0.25 * (4 - 2)), read.Score([3, 4]), 1e-7);
    }

    [Fact]
    public void What_is_not_known_is_named()
    {
        var trees = Trees("TreeEnsembleRegressor", "target").Attribute("target_ids", [0L, 0]);
        var cast = OnnxBytes.Node("Cast", ["X"], ["V"]);
        Refused("'Softplus' behind", cast, trees, OnnxBytes.Node("Softplus", ["label"], ["Z"]));
        Refused("'LabelEncoder' before", OnnxBytes.Node("LabelEncoder", ["X"], ["V"]), trees);
        Refused("'mood'", cast, Trees("TreeEnsembleRegressor", "target")
            .Attribute("target_ids", [0L, 0]).Attribute("mood", 1));
        Refused("'PROBIT'", cast, Trees("TreeEnsembleRegressor", "target")
            .Attribute("target_ids", [0L, 0]).Attribute("post_transform", "PROBIT"));
        Refused("SVMRegressor", OnnxBytes.Node("SVMRegressor", ["X"], ["Y"]));

        static void Refused(string why, params OnnxBytes[] nodes)
        {
            var wrong = Assert.Throws<InvalidDataException>(() => ModelImport.Read(OnnxBytes.Model(2, nodes)));
            Assert.Contains(why, wrong.Message);
        }
    }

    /// <summary>The model of the golden vector, as TreeEnsemble of opset 5.</summary>
    internal static byte[] TreeEnsembleFive(JsonElement golden)
    {
        var modes = golden.GetProperty("modes").EnumerateArray().Select(mode => mode.GetString() == "<=" ? 0.0 : 9);
        return OnnxBytes.Model(2, OnnxBytes.Node("TreeEnsemble", ["X"], ["Y"])
            .Attribute("n_targets", 2).Attribute("aggregate_function", 1).Attribute("post_transform", 0)
            .Attribute("tree_roots", [0L]).Tensor("nodes_modes", [.. modes], isBytes: true)
            .Attribute("nodes_featureids", Integers(golden, "features")).Tensor("nodes_splits", Row(golden, "splits"))
            .Attribute("nodes_truenodeids", Integers(golden, "true"))
            .Attribute("nodes_trueleafs", Integers(golden, "true_is_leaf"))
            .Attribute("nodes_falsenodeids", Integers(golden, "false"))
            .Attribute("nodes_falseleafs", Integers(golden, "false_is_leaf"))
            .Attribute("leaf_targetids", Integers(golden, "leaf_target"))
            .Tensor("leaf_weights", Row(golden, "leaf_weight")));
    }

    /// <summary>The golden vector.</summary>
    internal static JsonElement Golden()
    {
        var text = File.ReadAllText(DataFactAttribute.Folder.File("golden/golden_vectors.json"));
        return JsonDocument.Parse(text).RootElement.GetProperty("onnx_tree_ensemble");
    }

    // x1 <= 3: -2, else 3; missing goes left.
    private static OnnxBytes Trees(string type, string prefix) => OnnxBytes.Node(type, ["V"], ["label", "P"])
        .Attribute("nodes_treeids", [0L, 0, 0]).Attribute("nodes_nodeids", [0L, 1, 2])
        .Attribute("nodes_modes", (string[])["BRANCH_LEQ", "LEAF", "LEAF"]).Attribute("nodes_featureids", [1L, 0, 0])
        .Attribute("nodes_values", [3f, 0, 0]).Attribute("nodes_truenodeids", [1L, 0, 0])
        .Attribute("nodes_falsenodeids", [2L, 0, 0]).Attribute("nodes_missing_value_tracks_true", [1L, 0, 0])
        .Attribute("nodes_hitrates", [1f, 1, 1]).Attribute($"{prefix}_treeids", [0L, 0])
        .Attribute($"{prefix}_nodeids", [1L, 2]).Attribute($"{prefix}_weights", [-2f, 3]);

    private static long[] Integers(JsonElement golden, string name) =>
        [.. golden.GetProperty(name).EnumerateArray().Select(value => value.GetInt64())];

    private static double[] Row(JsonElement golden, string name) => Row(golden.GetProperty(name));

    private static double[] Row(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetDouble())];
}
