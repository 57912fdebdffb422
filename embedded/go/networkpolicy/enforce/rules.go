package main

import (
	"encoding/binary"
	"fmt"

	"github.com/google/nftables"
	"github.com/google/nftables/binaryutil"
	"github.com/google/nftables/expr"
	"github.com/google/nftables/xt"
)

const (
	tableName = "network-policies"
	queue     = 100
)

// After kube-proxy has put a pod's address in the place of a Service's, and before it is decided whether the packet is
// for another pod, the world or the node itself: none of the three is reached around the policies.
var afterServices = nftables.ChainPriorityRef(*nftables.ChainPriorityNATDest + 10)

// install makes, in this network namespace:
//
//	table ip network-policies {
//	  chain connections {
//	    type filter hook prerouting priority dstnat + 10; policy accept
//	    ct state established,related accept
//	    iifname "lo" accept
//	    iifname <uplink> accept
//	    xt target NFQUEUE                       # number 100; dropped while nobody answers
//	  }
//	}
//
// and a table ip6 that lets nothing in but from lo: pods have IPv4 addresses, and links that nobody asked for.
func install(uplink string) error {
	connection, err := nftables.New()
	if err != nil {
		return err
	}
	ip4 := chainIn(connection, nftables.TableFamilyIPv4)
	for _, rule := range [][]expr.Any{belongsToConnection(), cameBy("lo"), cameBy(uplink)} {
		addRule(connection, ip4, append(rule, &expr.Verdict{Kind: expr.VerdictAccept}))
	}
	addRule(connection, ip4, []expr.Any{askUser()})
	ip6 := chainIn(connection, nftables.TableFamilyIPv6)
	addRule(connection, ip6, append(cameBy("lo"), &expr.Verdict{Kind: expr.VerdictAccept}))
	addRule(connection, ip6, []expr.Any{&expr.Verdict{Kind: expr.VerdictDrop}})
	if err := connection.Flush(); err != nil {
		return fmt.Errorf("nftables: %w; the kernel needs nft_compat and xt_NFQUEUE", err)
	}
	return nil
}

// chainIn makes the chain in a table that is empty, whatever was there.
func chainIn(connection *nftables.Conn, family nftables.TableFamily) *nftables.Chain {
	table := &nftables.Table{Name: tableName, Family: family}
	connection.AddTable(table)
	connection.DelTable(table)
	connection.AddTable(table)
	return connection.AddChain(&nftables.Chain{
		Name:     "connections",
		Table:    table,
		Type:     nftables.ChainTypeFilter,
		Hooknum:  nftables.ChainHookPrerouting,
		Priority: afterServices,
	})
}

func addRule(connection *nftables.Conn, chain *nftables.Chain, expressions []expr.Any) {
	connection.AddRule(&nftables.Rule{Table: chain.Table, Chain: chain, Exprs: expressions})
}

func belongsToConnection() []expr.Any {
	const register = 1
	return []expr.Any{
		&expr.Ct{Key: expr.CtKeySTATE, Register: register},
		&expr.Bitwise{
			SourceRegister: register,
			DestRegister:   register,
			Len:            4,
			Mask:           binaryutil.NativeEndian.PutUint32(expr.CtStateBitESTABLISHED | expr.CtStateBitRELATED),
			Xor:            binaryutil.NativeEndian.PutUint32(0),
		},
		&expr.Cmp{Op: expr.CmpOpNeq, Register: register, Data: binaryutil.NativeEndian.PutUint32(0)},
	}
}

func cameBy(name string) []expr.Any {
	const register = 1
	const nameSize = 16
	padded := make([]byte, nameSize)
	copy(padded, name)
	return []expr.Any{
		&expr.Meta{Key: expr.MetaKeyIIFNAME, Register: register},
		&expr.Cmp{Op: expr.CmpOpEq, Register: register, Data: padded},
	}
}

// askUser is `-j NFQUEUE --queue-num 100` of iptables, as a statement of nftables: kernels have that target more often
// than nftables' own `queue`. Its argument is struct xt_NFQ_info_v1 of linux/netfilter/xt_NFQUEUE.h, which the kernel
// wants padded to eight bytes.
func askUser() expr.Any {
	info := make(xt.Unknown, 8)
	binary.NativeEndian.PutUint16(info[0:], queue)
	binary.NativeEndian.PutUint16(info[2:], 1)
	return &expr.Target{Name: "NFQUEUE", Rev: 1, Info: &info}
}
