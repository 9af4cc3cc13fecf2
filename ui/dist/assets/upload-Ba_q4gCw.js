import{b as a,m as e}from"./basics-gfgN12Jt.js";function t(){return a(e,{children:"…"})}export{t as default};
