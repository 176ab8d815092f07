using System.Text;
using DToC.Learn.Import;
using DToC.Twin.Models;

namespace DToC.Learn.Tests.Import;

public class XgBoostTests
{
    // One tree of a category (node 0) and a number (node 1).
    private const string Json = """
        {"version":[2,1,0],"learner":{"attributes":{},"feature_names":["kind","age"],"feature_types":["c","float"],
        "gradient_booster":{"name":"gbtree","model":{"gbtree_model_param":{"num_trees":"1","num_parallel_tree":"1"},
        "iteration_indptr":[0,1],"tree_info":[0],"trees":[{"id":0,
        "tree_param":{"num_deleted":"0","num_feature":"2","num_nodes":"5","size_leaf_vector":"1"},
        "base_weights":[0,0,0,0,0],"loss_changes":[1,1,0,0,0],"sum_hessian":[10,6,4,5,1],"parents":[2147483647,0,0,1,1],
        "left_children":[1,3,-1,-1,-1],"right_children":[2,4,-1,-1,-1],"split_indices":[0,1,0,0,0],
        "split_conditions":[0,30.5,2.5,-1,1],"default_left":[1,0,0,0,0],"split_type":[1,0,0,0,0],
        "categories":[3,40],"categories_nodes":[0],"categories_segments":[0],"categories_sizes":[2]}]}},
        "learner_model_param":{"base_score":"2.5E-1","boost_from_average":"1","num_class":"0","num_feature":"2",
        "num_target":"1"},"objective":{"name":"binary:logistic","reg_loss_param":{"scale_pos_weight":"1"}}}}
        """;

    [Fact]
    public void Categories_of_a_split_go_right()
    {
        var options = new ImportOptions { Link = MarginLink.Identity };
        var model = ModelImport.Read(Encoding.UTF8.GetBytes(Json), options).Model;
        Assert.Equal(["kind", "age"], model.Inputs);
        var start = -Math.Log(1 / 0.25 - 1);
        Assert.Equal(start + 2.5, model.Score([3, 20]), 1e-6);
        Assert.Equal(start + 2.5, model.Score([40, 20]), 1e-6);
        Assert.Equal(start - 1, model.Score([4, 30]), 1e-6);
        Assert.Equal(start + 1, model.Score([4, 30.5]), 1e-6);
        Assert.Equal(start + 1, model.Score([double.NaN, double.NaN]), 1e-6);
        // Hessians of the leaves are 4, 5 and 1.
        var why = model.Explain([3, 20]);
        Assert.Equal(start + (4 * 2.5 - 5 + 1) / 10, why.Baseline, 1e-6);
        Assert.Equal(model.Score([3, 20]), why.Total, 1e-9);
    }

    [Fact]
    public void Objective_links_the_margin()
    {
        var model = ModelImport.Read(Encoding.UTF8.GetBytes(Json)).Model;
        Assert.Equal(Logistic.Sigmoid(-Math.Log(3) + 2.5), model.Score([3, 20]), 1e-6);
        var several = Json.Replace("\"2.5E-1\"", "\"[2.5E-1]\"").Replace("binary:logistic", "count:poisson");
        var count = ModelImport.Read(Encoding.UTF8.GetBytes(several)).Model;
        Assert.Equal(0.25 * Math.Exp(2.5), count.Score([3, 20]), 1e-5);
    }

    [Fact]
    public void What_is_not_known_is_named()
    {
        Refused("'binary:hinge'", "binary:logistic", "binary:hinge");
        Refused("'gbforest'", "\"name\":\"gbtree\"", "\"name\":\"gbforest\"");
        Refused("9.1.0", "[2,1,0]", "[9,1,0]");
        Refused("'mood'", "\"attributes\"", "\"mood\":1,\"attributes\"");
        Refused("trees[0]: 'mood'", "\"id\":0", "\"id\":0,\"mood\":1");
        Refused("vector leaves", "\"size_leaf_vector\":\"1\"", "\"size_leaf_vector\":\"3\"");
        Refused("two ways lead to node 1", "\"right_children\":[2,4", "\"right_children\":[1,4");
        Refused("'categories_sizes' are more", "\"categories_sizes\":[2]", "\"categories_sizes\":[3]");
        Refused("no margin", "2.5E-1", "2.5");
        Refused("reads input 7", "\"split_indices\":[0,1", "\"split_indices\":[0,7");

        static void Refused(string why, string from, string to)
        {
            var bytes = Encoding.UTF8.GetBytes(Json.Replace(from, to));
            Assert.Contains(why, Assert.Throws<InvalidDataException>(() => ModelImport.Read(bytes)).Message);
        }
    }
}
